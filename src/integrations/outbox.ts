import type { Logger } from 'pino';
import { first } from '../collections/read.ts';
import type { Storage } from '../storage/port.ts';
import type { Clock, StoredQueue } from './queue.ts';
import type { Receipt } from './receipts.ts';

/** What has to survive a restart, as the document `outbox` of the store's own memory. */
export interface OutboxState {
  readonly queues: Readonly<Record<string, StoredQueue>>;
  readonly receipts: readonly Receipt[];
}

/** The stored side of the queues. */
export interface Outbox {
  /** Resolves when the first attempt to read is over, so that nobody waits for a database that is away. */
  readonly ready: Promise<void>;
  /** Writes the present state soon; calls that come together are one write. */
  save(): void;
  /** Writes what is not written yet. */
  close(): Promise<void>;
}

const ID = 'outbox';
const AGAIN_MS = 5000;

/**
 * Keeps the queues in the store. Nothing is written before the earlier state was read: it would be lost.
 * @param options.restore takes in what an earlier run left behind
 * @param options.state the present state
 */
export function createOutbox(
  { storage, log, clock }: { storage: Storage; log: Logger; clock: Clock },
  { restore, state }: { restore: (state: OutboxState) => void; state: () => OutboxState }
): Outbox {
  const stop = new AbortController();
  let loaded = false;
  let dirty = false;
  let writing: Promise<void> | undefined;
  let firstTry: () => void;
  const ready = new Promise<void>((resolve) => {
    firstTry = resolve;
  });

  async function load(): Promise<void> {
    while (!loaded && !stop.signal.aborted) {
      try {
        const doc = await first(storage, 'state', { filter: { _id: ID } });
        restore(read(doc));
        loaded = true;
      } catch (error) {
        log.warn({ err: error }, 'messages of an earlier run cannot be read yet');
      }
      firstTry();
      if (!loaded) await clock.sleep(AGAIN_MS, stop.signal);
    }
    if (dirty) save();
  }

  async function write(): Promise<void> {
    while (dirty && loaded) {
      dirty = false;
      try {
        // as JSON says it: what is undefined is no value for a database
        const doc = JSON.parse(JSON.stringify(state())) as OutboxState;
        await storage.apply([{ op: 'insert', collection: 'state', doc: { _id: ID, ...doc } }]);
      } catch (error) {
        // messages go out meanwhile
        dirty = true;
        log.warn({ err: error }, 'the outbox cannot be stored');
        if (stop.signal.aborted) return;
        await clock.sleep(AGAIN_MS, stop.signal);
      }
    }
  }

  function save(): void {
    dirty = true;
    if (!loaded) return;
    writing ??= write().then(() => {
      writing = undefined;
      if (dirty && !stop.signal.aborted) save();
    });
  }

  const loading = load();
  return {
    ready,
    save,
    async close() {
      stop.abort();
      await loading;
      await writing;
      if (dirty) await write();
    }
  };
}

/** Whatever is stored under our name, in the shape we write. */
function read(doc: unknown): OutboxState {
  const { queues, receipts } = (doc ?? {}) as Partial<OutboxState>;
  return {
    queues: Object.fromEntries(
      Object.entries(queues ?? {}).filter(([, queue]) => Array.isArray(queue?.items) && Array.isArray(queue?.holds))
    ),
    receipts: Array.isArray(receipts) ? receipts : []
  };
}
