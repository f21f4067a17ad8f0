import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Storage } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import type { Engine } from './engine.ts';

const _id = 'alarms';
/** From a change to its writing: a storm of alarms is written once. */
const SETTLE_MS = 500;
/** From one attempt to the next while the database is away. */
const RETRY_MS = 5000;
/** A database that is away must not hold up the first alarm, nor the shutdown. */
const PATIENCE_MS = 3000;
const LAST_MS = 1000;

/** Keeps what the engine remembers among the server's own notes in the database (D23). Nothing here ever throws. */
export interface Memory {
  /** Resolves when an earlier process's notes were taken in, or cannot be read for now (then it goes on trying). */
  readonly ready: Promise<void>;
  /** The engine may have changed. */
  changed(): void;
  /** Writes what is not written yet. */
  close(): Promise<void>;
}

export function createMemory({
  engine,
  storage,
  log
}: {
  engine: Pick<Engine, 'dump' | 'restore'>;
  storage: Storage;
  log: Logger;
}): Memory {
  let isRead = false;
  let isClosed = false;
  /** what stands in the database, as text; undefined: not known */
  let written: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const textOf = (): string => JSON.stringify(engine.dump());

  async function read(): Promise<void> {
    try {
      const states: unknown[] = [];
      for await (const batch of storage.find('state', { filter: { _id } }))
        for (const { doc } of batch) if (Array.isArray(doc.states)) states.push(...doc.states.filter(isPlainObject));
      if (isClosed) return;
      const isFirst = engine.dump().length === 0;
      engine.restore(states);
      isRead = true;
      if (isFirst) written = textOf();
      else changed();
    } catch (error) {
      log.debug({ err: error }, 'the state of alarms could not be read yet');
      if (!isClosed) timer = setTimeout(() => void read(), RETRY_MS).unref();
    }
  }

  async function write(): Promise<void> {
    const text = textOf();
    // before it was read there may be a silence in the database that nobody here knows of
    if (!isRead || text === written) return;
    try {
      await storage.apply([{ op: 'insert', collection: 'state', doc: { _id, states: JSON.parse(text) } }]);
      written = text;
    } catch (error) {
      log.debug({ err: error }, 'the state of alarms could not be written yet');
      if (!isClosed) timer ??= setTimeout(flush, RETRY_MS).unref();
    }
  }

  function flush(): void {
    timer = undefined;
    writing = writing.then(write);
  }

  function changed(): void {
    if (isRead && !isClosed) timer ??= setTimeout(flush, SETTLE_MS).unref();
  }

  return {
    ready: Promise.race([read(), pause(PATIENCE_MS, undefined, { ref: false })]),
    changed,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      flush();
      await Promise.race([writing, pause(LAST_MS, undefined, { ref: false })]);
    }
  };
}
