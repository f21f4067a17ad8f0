import { join } from 'node:path';
import type { Logger } from 'pino';
import { Refusal } from '../../errors.ts';
import type { Candidates, Change, Storage, Stored, StoreName } from '../port.ts';
import type { Query } from '../query.ts';
import { openQueue } from './queue.ts';
import { createReplay } from './replay.ts';
import { createShadow } from './shadow.ts';
import { createWatch } from './watch.ts';

export interface JournalOptions {
  /** A folder of this database's own; exists and can be written. */
  readonly folder: string;
  /** An empty or earlier store for the copy of the recent past. */
  readonly copy: Storage;
  readonly maxBytes: number;
  /** The clock, epoch ms. */
  readonly now: () => number;
  readonly log: Logger;
  /** For tests. */
  readonly timing?: { readonly blinkMs: number; readonly firstFillMs: number };
  /** Hears sentences for administrators; undefined when all is well again. */
  readonly onTrouble?: ((sentence: string | undefined) => void) | undefined;
}

/** The rest of the queue may be as large when new writes are held back for its last step. */
const LAST_STEP = 64 * 1024;
/** The copy is made anew so often: what is too old leaves it, what others wrote into the database comes in. */
const REFILL_MS = 24 * 3_600_000;
const REFILL_RETRY_MS = 60_000;
/**
 * A database that has just gone may be back in a moment: who asks for what the copy does not hold waits for it. The copy waits
 * until the start is over.
 */
const TIMING = { blinkMs: 2000, firstFillMs: 1000 };
/** From the loss of the database to the first word to administrators, and from one to the next, ms. */
const TELL_MS = 5000;
const TELL_AGAIN_MS = 600_000;

/**
 * A database that may go away for a while. While it is there everything goes straight to it. While it is not, writes are kept in a
 * file, durably and in order, and the recent past is answered from a copy; what the copy cannot answer for sure is refused.
 * When it is back the file is replayed; only then writes go straight to it again.
 *
 * Nothing is doubled: the changes carry their `_id`, so that replaying one twice does no harm, and `candidates` tells what the copy
 * may miss.
 * @param open opens the database, and is told whom to call when it comes and goes
 * @throws the system's error when the folder cannot be used
 */
export async function createJournaledStorage(
  open: (onReach: (reachable: boolean) => void) => Storage,
  { folder, copy, maxBytes, now, log, timing = TIMING, onTrouble }: JournalOptions
): Promise<Storage> {
  const queue = await openQueue(join(folder, 'queue.ndjson'), maxBytes);
  const shadow = await createShadow(copy, { now, log });
  for (let at = 0; at < queue.size; ) {
    // the process may have ended between the two
    const { lines, next } = await queue.read(at);
    for (const { changes = [] } of lines) void shadow.take(changes);
    await shadow.take([]);
    at = next;
  }
  const watch = createWatch({ away: queue.count > 0, ready: () => shadow.ready, back: comeBack, ping: () => database.ping() });
  const database = open((reachable) => (reachable ? watch.probe() : watch.lost()));
  const replay = createReplay(
    { queue, database, shadow },
    { file: join(folder, 'rejected.ndjson'), now, log, onRejected: (sentence) => onTrouble?.(sentence) }
  );
  const underWay = new Set<Promise<unknown>>();
  let held: Promise<void> | undefined;
  let refill: NodeJS.Timeout | undefined;
  let filling: Promise<void> | undefined;
  let filledAt: number | undefined;
  let lastSizes: { dataSize: number; indexSize: number } | undefined;
  let closed = false;
  let telling: NodeJS.Timeout | undefined;

  watch.onAway(() => {
    log.warn('the database is away: uploads are kept here');
    tellAfter(TELL_MS);
  });
  if (watch.away) {
    log.warn({ uploads: queue.count }, 'uploads of an earlier run wait for the database');
    tellAfter(TELL_MS);
  } else again(timing.firstFillMs);

  function tellAfter(ms: number): void {
    clearTimeout(telling);
    telling = setTimeout(() => {
      if (!watch.away || closed) return;
      onTrouble?.(
        shadow.ready
          ? `The database is not reachable. Uploads are kept on this server and brought over when it is back; ${replay.left} wait now.`
          : 'The database is not reachable, and uploads are refused: this server has no copy of the recent past yet.'
      );
      tellAfter(TELL_AGAIN_MS);
    }, ms).unref();
  }

  function again(ms: number): void {
    clearTimeout(refill);
    if (!closed) refill = setTimeout(() => void fillNow(), ms).unref();
  }

  async function fillNow(): Promise<void> {
    if (filling || watch.away || closed) return;
    let next = REFILL_RETRY_MS;
    const began = watch.epoch;
    const go = (): boolean => !closed && watch.epoch === began;
    filling = shadow.fill(database, go).then(
      () => {
        if (!go()) return;
        filledAt = performance.now();
        next = REFILL_MS;
      },
      (error: unknown) => log.debug({ err: error }, 'the copy of the recent past could not be made yet')
    );
    await filling;
    filling = undefined;
    again(next);
  }

  /** Brings everything over; the next write goes straight to the database. @throws Refusal when it has gone again */
  async function comeBack(): Promise<void> {
    // one that was given up for lost may still be stored, and must not come after what is brought over now
    await Promise.allSettled(underWay);
    const count = replay.left;
    while (replay.behind > LAST_STEP) await replay.step();
    let release = (): void => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await queue.idle();
      while (replay.behind > 0) await replay.step();
      if (queue.size > 0) await replay.finish();
      watch.found();
    } finally {
      held = undefined;
      release();
    }
    clearTimeout(telling);
    log.info({ uploads: count }, 'the database is back, all uploads are there');
    onTrouble?.(undefined);
    again(filledAt === undefined ? 0 : Math.max(0, filledAt + REFILL_MS - performance.now()));
  }

  async function apply(changes: readonly Change[]): Promise<void> {
    if (closed) throw new Refusal('storage-away', 'The server is shutting down', 1);
    for (;;) {
      while (held) await held;
      if (watch.away) break;
      const work = database.apply(changes);
      const settled = work.catch(() => {}).finally(() => underWay.delete(settled));
      underWay.add(settled);
      if (await watch.through(work, 'write')) {
        void shadow.take(changes);
        return;
      }
    }
    await queue.append(changes);
    await shadow.take(changes);
  }

  async function candidates(collection: StoreName, keys: Parameters<Storage['candidates']>[1]): Promise<Candidates> {
    if (!watch.away) {
      const found = await watch.through(database.candidates(collection, keys), 'read');
      if (found) return found.value;
    }
    return shadow.candidates(collection, keys);
  }

  async function* straight(collection: StoreName, query: Query): AsyncGenerator<Stored[], boolean> {
    const source = database.find(collection, query)[Symbol.asyncIterator]();
    const head = await watch.through(source.next(), 'read');
    if (!head) {
      source.return?.().catch(() => {});
      return false;
    }
    try {
      for (let next = head.value; !next.done; next = await source.next()) yield next.value;
      return true;
    } finally {
      await source.return?.();
    }
  }

  async function* find(collection: StoreName, query: Query): AsyncGenerator<Stored[]> {
    if (!watch.away && (yield* straight(collection, query))) return;
    const known = shadow.find(collection, query)[Symbol.asyncIterator]();
    try {
      const head = await known.next();
      for (let next = head; !next.done; next = await known.next()) yield next.value;
    } catch (error) {
      if (!(await watch.blink(timing.blinkMs)) || !(yield* straight(collection, query))) throw error;
    } finally {
      await known.return?.();
    }
  }

  /** @throws Refusal `storage-away` at once while the database is known to be away */
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    const answer = watch.away ? undefined : await watch.through(question(), 'read');
    if (!answer) throw new Refusal('storage-away', 'The database does not answer', 5);
    return answer.value;
  }

  return {
    kind: database.kind,
    version: () => ask(() => database.version()).catch((error: unknown) => shadow.engine ?? Promise.reject(error)),
    find,
    async count(collection, filter) {
      const answer = watch.away ? undefined : await watch.through(database.count(collection, filter), 'read');
      return answer ? answer.value : shadow.count(collection, filter);
    },
    candidates,
    apply,
    async sizes() {
      if (!watch.away || !lastSizes) lastSizes = await ask(() => database.sizes());
      return { ...lastSizes, dataSize: lastSizes.dataSize + queue.size };
    },
    details: () => ({
      ...database.details?.(),
      journal: { away: watch.away, ready: shadow.ready, waiting: replay.left, bytes: queue.size, maxBytes }
    }),
    async ping() {
      if (watch.away && shadow.ready && queue.size < maxBytes) return;
      await ask(() => database.ping());
    },
    async close() {
      closed = true;
      clearTimeout(refill);
      clearTimeout(telling);
      watch.close();
      await database.close();
      await Promise.allSettled([...underWay, filling, watch.settled]);
      await queue.close();
      await shadow.close();
    }
  };
}
