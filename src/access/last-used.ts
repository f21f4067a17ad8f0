import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Storage } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';

/** Written this often at most (ms): which tokens are still in use is asked in days. */
const INTERVAL = 300_000;
const _id = 'token-use';

/** When each subject's token was last used, so that an administrator sees which ones nobody needs. Never holds up a request. */
export interface LastUsed {
  /** Remembers that this subject came just now. */
  note(subjectId: string): void;
  /** Epoch ms. */
  of(subjectId: string): number | undefined;
  /** Resolves when what was noted before the start is known, or cannot be. */
  readonly ready: Promise<void>;
  /** Writes what is not written yet. */
  close(): Promise<void>;
}

/**
 * Kept in memory and, every few minutes, among the server's own notes in the database; the subjects' documents stay untouched.
 * @param isKnown tells which subjects still exist; others are forgotten at the next writing
 * @param ready resolves when the database can be read
 */
export function createLastUsed(deps: {
  storage: Storage;
  log: Logger;
  now: () => number;
  isKnown: (subjectId: string) => boolean;
  ready: Promise<void>;
}): LastUsed {
  const { storage, log, now, isKnown } = deps;
  const used = new Map<string, number>();
  let isRead = false;
  let isChanged = false;

  async function read(): Promise<void> {
    for await (const batch of storage.find('state', { filter: { _id } })) {
      for (const { doc } of batch) {
        for (const [id, at] of Object.entries(isPlainObject(doc.used) ? doc.used : {})) {
          if (typeof at === 'number') used.set(id, Math.max(at, used.get(id) ?? 0));
        }
      }
    }
    isRead = true;
  }

  async function write(): Promise<void> {
    if (!isChanged && isRead) return;
    try {
      // other processes of the site write here too
      await read();
      if (!isChanged) return;
      isChanged = false;
      for (const id of used.keys()) if (!isKnown(id)) used.delete(id);
      await storage.apply([{ op: 'insert', collection: 'state', doc: { _id, used: Object.fromEntries(used) } }]);
    } catch (error) {
      isChanged = true;
      log.debug({ err: error }, 'The last use of tokens could not be written');
    }
  }

  const ready = deps.ready.then(read).catch(() => undefined);
  const timer = setInterval(() => void write(), INTERVAL).unref();
  return {
    ready,
    note(subjectId) {
      used.set(subjectId, now());
      isChanged = true;
    },
    of: (subjectId) => used.get(subjectId),
    async close() {
      clearInterval(timer);
      // a database that is away must not hold up the shutdown
      await Promise.race([write(), pause(1000, undefined, { ref: false })]);
    }
  };
}
