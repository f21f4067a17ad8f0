import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Committed } from '../bus/events.ts';
import { COLLECTIONS, type CollectionName, type Doc, type Storage } from '../storage/port.ts';
import type { Seen } from './seen.ts';

/** Finds in the database what was stored and not heard of. */
export interface CatchUp {
  /** Learns where each collection stands; what is older was never missed. Waits a moment for a database that is away. */
  start(): Promise<void>;
  /**
   * Announces what was stored since and is not known. Tries once; a database that is away is asked again in the background.
   * @param since per collection, srvModified; default: all, some minutes back
   */
  run(since?: Readonly<Partial<Record<CollectionName, number>>>): Promise<void>;
  close(): void;
}

type Whole = Doc & { _id: string };

/** Commits of two processes that could not see each other's clock may lie so far apart, ms. */
const MARGIN_MS = 5 * 60_000;
const START_MS = 2000;
const AGAIN_MS = 3000;
/** A stored time further ahead than this, ms, came from a wrong clock. */
const MAX_LEAD_MS = 3_600_000;
const CHUNK = 200;

/**
 * @param publish announces to this process's listeners; what it is given was not announced before
 * @param now epoch ms
 */
export function createCatchUp({
  storage,
  seen,
  publish,
  now,
  log
}: {
  storage: Storage;
  seen: Seen;
  publish: (events: readonly Committed[]) => void;
  now: () => number;
  log: Logger;
}): CatchUp {
  const baseline = new Map<CollectionName, number>();
  const owed = new Map<CollectionName, number>();
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let insisting = false;

  async function stand(collection: CollectionName): Promise<void> {
    const sane = { srvModified: { $gt: 0, $lt: now() + MAX_LEAD_MS } };
    const sort = [['srvModified', -1]] as const;
    for (const [name, filter] of [
      [collection, sane],
      ['tombstones', { collection, ...sane }]
    ] as const)
      for await (const [newest] of storage.find(name, { filter, sort, limit: 1 }))
        if (newest) baseline.set(collection, Math.max(Number(newest.doc.srvModified), baseline.get(collection) ?? 0));
  }

  /** All changes since, oldest first. */
  async function* changes(collection: CollectionName, since: number): AsyncGenerator<Committed> {
    const filter = { srvModified: { $gte: since } };
    const sort = [['srvModified', 1]] as const;
    const gone: Committed[] = [];
    for await (const batch of storage.find('tombstones', { filter: { collection, ...filter }, sort }))
      for (const { doc } of batch) gone.push(removal(collection, doc as Whole));
    for await (const batch of storage.find(collection, { filter, sort }))
      for (const { doc } of batch) {
        const event = change(collection, doc as Whole);
        while (gone[0] && gone[0].srvModified <= event.srvModified) yield gone.shift()!;
        yield event;
      }
    yield* gone;
  }

  async function read(collection: CollectionName, since: number): Promise<void> {
    let fresh: Committed[] = [];
    let found = 0;
    const announce = (): void => {
      // its own writes and the stream go on meanwhile
      const unknown = fresh.filter((event) => !seen.knows(event) && !seen.isClaimed(event));
      fresh = [];
      found += unknown.length;
      if (unknown.length > 0) publish(unknown);
    };
    for await (const event of changes(collection, since)) {
      fresh.push(event);
      if (fresh.length >= CHUNK) announce();
    }
    announce();
    if (found > 0) log.info({ collection, documents: found }, 'heard of what other processes stored');
  }

  async function once(): Promise<void> {
    for (let next = first(owed); next; next = first(owed)) {
      const [collection, since] = next;
      await read(collection, since);
      // somebody may have asked for more meanwhile
      if (owed.get(collection) === since) owed.delete(collection);
    }
  }

  async function insist(): Promise<void> {
    if (insisting) return;
    insisting = true;
    while (owed.size > 0 && !stop.signal.aborted) {
      await pause(AGAIN_MS, undefined, { ref: false, signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      await once().catch((error: unknown) => log.debug({ err: error }, 'what other processes stored cannot be read yet'));
    }
    insisting = false;
  }

  return {
    async start() {
      const at = now();
      const standing = Promise.all(COLLECTIONS.map(stand)).catch(() => {
        for (const name of COLLECTIONS) if (!baseline.has(name)) baseline.set(name, at);
      });
      await Promise.race([standing, pause(START_MS, undefined, { ref: false })]);
    },
    async run(since) {
      for (const name of COLLECTIONS) {
        const newest = Math.max(seen.newest(name) ?? 0, baseline.get(name) ?? 0);
        const from = since ? since[name] : newest - MARGIN_MS;
        if (from === undefined) continue;
        const wanted = Math.max(from, (baseline.get(name) ?? 0) + 1);
        owed.set(name, Math.min(wanted, owed.get(name) ?? wanted));
      }
      if (running) return running;
      running = once().finally(() => {
        running = undefined;
      });
      try {
        await running;
      } catch {
        void insist();
      }
    },
    close: () => stop.abort()
  };
}

const first = <K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined => map.entries().next().value;

function change(collection: CollectionName, doc: Whole): Committed {
  const srvModified = Number(doc.srvModified);
  const common = { collection, door: 'server', doc, srvModified, remote: true } as const;
  if (doc.isValid === false) return { ...common, op: 'delete', soft: true };
  return { ...common, op: doc.srvCreated === doc.srvModified ? 'create' : 'update' };
}

/** What a tombstone tells: the id of the document stands behind the name of its collection. */
function removal(collection: CollectionName, { collection: _collection, ...tombstone }: Whole): Committed {
  const doc = { ...tombstone, _id: tombstone._id.slice(collection.length + 1) } as Whole;
  return { collection, op: 'delete', door: 'server', doc, soft: false, srvModified: Number(tombstone.srvModified), remote: true };
}
