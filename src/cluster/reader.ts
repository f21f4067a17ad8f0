import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Link } from './link.ts';
import type { Kind } from './messages.ts';
import { compareIds } from './stream-id.ts';

/** One message of another process. */
export interface Incoming {
  readonly origin: string;
  readonly kind: Kind;
  /** JSON. */
  readonly data: string;
}

/** The other processes' side of the stream. */
export interface Reader {
  /** Begins to read; resolves when the place from which on nothing is missed is known. */
  start(): Promise<void>;
  /** Resolves when everything up to this place was handed over, or after a while: a writer must not wait for ever. */
  passed(id: string): Promise<void>;
  /** Messages are arriving. */
  readonly isFollowing: boolean;
  /** Processes heard of within the last half minute, this one included. */
  peers(): number;
  close(): Promise<void>;
}

type Entry = readonly [id: string, fields: readonly string[]];

/** One look waits so long for news, ms; and Redis may take so much longer to answer. */
const BLOCK_MS = 2000;
const PATIENCE_MS = BLOCK_MS + 3000;
const COUNT = '200';
const AGAIN_MS = 100;
/** How long a writer waits for what was written before it. */
const PASS_MS = 500;
const PEER_MS = 30_000;

/**
 * Follows the stream from the moment it is started. What it read last stays its place: as long as that is still in the stream,
 * a break of the connection has cost nothing. When it is not (trimmed, or Redis forgot), or when the numbers of a process show a
 * gap, `onMissed` is called.
 * @param link a connection of its own, since it waits on it
 * @param options.hello puts a message into the stream, to have a place
 * @param options.deliver gets the messages of other processes, in order, each once
 * @param options.onMissed awaited before reading on
 */
export function createReader(
  link: Link,
  {
    stream,
    instance,
    hello,
    deliver,
    onMissed,
    log
  }: {
    stream: string;
    instance: string;
    hello: () => Promise<string>;
    deliver: (message: Incoming) => void;
    onMissed: () => Promise<void>;
    log: Logger;
  }
): Reader {
  const stop = new AbortController();
  /** the last number of each process */
  const numbers = new Map<string, number>();
  const heard = new Map<string, number>();
  const waiting = new Set<{ readonly id: string; readonly resolve: () => void }>();
  let place: string | undefined;
  let isFollowing = false;
  let running: Promise<void> = Promise.resolve();

  const sleep = (): Promise<void> => pause(AGAIN_MS, undefined, { ref: false, signal: stop.signal }).catch(() => undefined);

  /** @returns true when something was missed */
  async function takePlace(): Promise<boolean> {
    if (place !== undefined) {
      const found = await link.call<Entry[]>(['XRANGE', stream, place, place]);
      if (found.length > 0) return false;
    }
    const isFirst = place === undefined;
    place = await hello();
    return !isFirst;
  }

  /** @returns true when something before it is missing */
  function handOver([id, fields]: Entry): boolean {
    const [, origin = '', , text = '', , kind = '', , data = ''] = fields;
    const number = Number(text);
    const last = numbers.get(origin);
    let missed = false;
    heard.set(origin, performance.now());
    if (kind === 'alive') missed = last !== undefined && number > last;
    else missed = last !== undefined && number > last + 1;
    if (origin !== instance && kind !== 'alive' && (last === undefined || number > last)) {
      try {
        deliver({ origin, kind: kind as Kind, data });
      } catch (error) {
        // the next one must not wait for ever behind it
        log.error({ err: error, kind }, 'a message of another process cannot be understood');
      }
    }
    numbers.set(origin, Math.max(number, last ?? 0));
    place = id;
    for (const one of waiting)
      if (compareIds(one.id, id) <= 0) {
        waiting.delete(one);
        one.resolve();
      }
    return missed && origin !== instance;
  }

  async function follow(started: () => void): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        if (await takePlace()) await onMissed();
        isFollowing = true;
        started();
        while (!stop.signal.aborted) {
          const reply = await link.call<[string, Entry[]][] | null>(
            ['XREAD', 'COUNT', COUNT, 'BLOCK', String(BLOCK_MS), 'STREAMS', stream, place!],
            PATIENCE_MS
          );
          let missed = false;
          for (const entry of reply?.[0]?.[1] ?? []) missed = handOver(entry) || missed;
          if (missed) await onMissed();
        }
      } catch (error) {
        if (isFollowing && !stop.signal.aborted) log.debug({ err: error }, 'the other processes cannot be heard');
        isFollowing = false;
        await sleep();
      }
    }
  }

  return {
    start: () =>
      new Promise((resolve) => {
        running = follow(resolve);
      }),
    async passed(id) {
      if (place === undefined || !isFollowing || compareIds(id, place) <= 0) return;
      const { promise, resolve } = withResolvers();
      const one = { id, resolve };
      waiting.add(one);
      const timer = setTimeout(() => {
        waiting.delete(one);
        resolve();
      }, PASS_MS);
      await promise;
      clearTimeout(timer);
    },
    get isFollowing() {
      return isFollowing && link.isReady;
    },
    peers() {
      const since = performance.now() - PEER_MS;
      for (const [origin, at] of heard) if (at < since) heard.delete(origin);
      return heard.size;
    },
    async close() {
      stop.abort();
      await link.close();
      await running;
      for (const { resolve } of waiting) resolve();
    }
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
