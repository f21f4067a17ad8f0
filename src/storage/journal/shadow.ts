import type { Logger } from 'pino';
import { Refusal } from '../../errors.ts';
import { canonicalId } from '../object-id.ts';
import {
  type Candidates,
  type Change,
  COLLECTIONS,
  type Doc,
  INTERNAL,
  type Key,
  type Storage,
  type Stored,
  type StoreName
} from '../port.ts';
import type { Filter, Query } from '../query.ts';
import { type Coverage, copyQueries, createCoverage, outsideCopy } from './coverage.ts';

const ALL: readonly StoreName[] = [...COLLECTIONS, ...INTERNAL];
/** What is known about the copy itself, kept among the server's notes; the database has no such document. */
const NOTE = ':copy';
/** Documents written in one go, then a pause (ms): the copy is made beside the running server. */
const PIECE = 50;
const PAUSE_MS = 10;

/** A copy of the recent past, to answer from while the database is away. */
export interface Shadow {
  /** False until the first copy is complete, or after it could not be kept up to date. */
  readonly ready: boolean;
  /** Version of the database engine when it was last seen. */
  readonly engine: string | undefined;
  /** Takes in what was stored, in the order of the calls. Never throws: a copy that misses something is no longer used. */
  take(changes: readonly Change[]): Promise<void>;
  /** Copies anew from the database, beside everything else. @param go asked between the steps; false ends it half done */
  fill(database: Storage, go: () => boolean): Promise<void>;
  /** @throws Refusal `storage-away` where the copy does not hold the whole answer, as the next two */
  find: Storage['find'];
  count: Storage['count'];
  candidates(collection: StoreName, keys: readonly Key[]): Promise<Candidates>;
  close(): Promise<void>;
}

/**
 * @param copy an embedded store of its own
 * @param now the clock, epoch ms
 */
export async function createShadow(copy: Storage, { now, log }: { now: () => number; log: Logger }): Promise<Shadow> {
  let coverage: Coverage | undefined;
  let engine: string | undefined;
  let writing: Promise<void> = Promise.resolve();
  /** While a copy is being made: what was stored meanwhile, and is newer than what was read. */
  let newer: Set<string> | undefined;

  const [note] = await copy.candidates('state', [{ _id: NOTE }]);
  if (note) use(note);

  function use({ at, complete, engine: version }: Doc): void {
    coverage = createCoverage(Number(at), new Set(complete as StoreName[]), now);
    engine = typeof version === 'string' ? version : undefined;
  }

  function take(changes: readonly Change[]): Promise<void> {
    for (const change of changes) newer?.add(placeOf(change.collection, idOf(change)));
    return write(changes);
  }

  function write(changes: readonly Change[]): Promise<void> {
    const written = copy.apply(changes).catch((error: unknown) => {
      if (coverage)
        log.error({ err: error }, 'the copy of the recent past could not be written: it is not used until it is made anew');
      coverage = undefined;
      // a later start must not trust it
      return copy.apply([{ op: 'remove', collection: 'state', _id: NOTE }]).catch(() => {});
    });
    writing = Promise.all([writing, written]).then(() => {});
    return written;
  }

  /** @returns the ids that the database has */
  async function copyOf(database: Storage, name: StoreName, at: number, go: () => boolean): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    for (const query of copyQueries(name, at)) {
      for await (const batch of database.find(name, query)) {
        for (let from = 0; from < batch.length; from += PIECE) {
          const docs = batch.slice(from, from + PIECE).map(({ doc }) => doc as Doc & { _id: string });
          for (const { _id } of docs) there.add(canonicalId(_id));
          const held = new Map(
            (
              await copy.candidates(
                name,
                docs.map(({ _id }) => ({ _id }))
              )
            ).map((doc) => [doc._id, JSON.stringify(doc)])
          );
          // no pause from here to the writing: what is stored in between must come after it
          if (!go()) return there;
          const changed = docs.filter(
            (doc) => !newer?.has(placeOf(name, doc._id)) && held.get(canonicalId(doc._id)) !== JSON.stringify(doc)
          );
          if (changed.length > 0) await write(changed.map((doc) => ({ op: 'insert', collection: name, doc })));
          await pause(PAUSE_MS);
          if (!go()) return there;
        }
      }
    }
    return there;
  }

  async function dropOthers(name: StoreName, there: ReadonlySet<string>, go: () => boolean): Promise<void> {
    for await (const batch of copy.find(name, { filter: {} })) {
      if (!go()) return;
      const gone = batch
        .map(({ doc }) => doc._id!)
        .filter((_id) => !there.has(_id) && !newer?.has(placeOf(name, _id)) && !(name === 'state' && _id === NOTE));
      if (gone.length > 0) await write(gone.map((_id) => ({ op: 'remove', collection: name, _id })));
      await pause(PAUSE_MS);
    }
  }

  async function fill(database: Storage, go: () => boolean): Promise<void> {
    const at = now();
    newer = new Set();
    try {
      const version = await database.version();
      const found = new Map<StoreName, ReadonlySet<string>>();
      const complete: StoreName[] = [];
      for (const name of ALL) {
        found.set(name, await copyOf(database, name, at, go));
        if (!go()) return;
        if (await isEmpty(database, name, outsideCopy(name, at))) complete.push(name);
      }
      if (!go()) return;
      const doc = { _id: NOTE, at, complete, engine: version };
      await copy.apply([{ op: 'insert', collection: 'state', doc }]);
      use(doc);
      for (const [name, there] of found) if (go()) await dropOthers(name, there, go);
    } finally {
      newer = undefined;
    }
  }

  function known(): Coverage {
    if (!coverage) throw away();
    return coverage;
  }

  async function* find(collection: StoreName, asked: Query): AsyncGenerator<Stored[]> {
    await writing;
    const { query: wanted, enough } = known().answer(collection, asked);
    if (!wanted) throw away();
    const query = { ...wanted, filter: withoutNote(collection, wanted.filter) };
    if (enough === 0) return yield* copy.find(collection, query);
    const found: Stored[] = [];
    for await (const batch of copy.find(collection, query)) found.push(...batch);
    if (found.length < enough) throw away();
    yield wanted === asked ? found : found.slice(asked.skip ?? 0);
  }

  return {
    get ready() {
      return coverage !== undefined;
    },
    get engine() {
      return engine;
    },
    take,
    fill,
    find,
    async count(collection, filter) {
      await writing;
      if (known().answer(collection, { filter }).enough !== 0) throw away();
      return copy.count(collection, withoutNote(collection, filter));
    },
    async candidates(collection, keys) {
      await writing;
      const { knows } = known();
      const found = await copy.candidates(collection, keys);
      return Object.defineProperty(found, 'mayMiss', { value: (key: Key) => !knows(collection, key) });
    },
    async close() {
      await writing;
      await copy.close();
    }
  };
}

const away = (): Refusal =>
  new Refusal('storage-away', 'The database does not answer, and only the recent past is known here', 10);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
const withoutNote = (collection: StoreName, filter: Filter): Filter =>
  collection === 'state' ? { $and: [filter, { _id: { $ne: NOTE } }] } : filter;
const idOf = (change: Change): string => (change.op === 'remove' ? change._id : change.doc._id);
const placeOf = (collection: StoreName, _id: string): string => `${collection}/${canonicalId(_id)}`;

/** A database that takes too long to tell is taken to have more. */
async function isEmpty(database: Storage, collection: StoreName, filter: Filter): Promise<boolean> {
  try {
    for await (const batch of database.find(collection, { filter, limit: 1 })) if (batch.length > 0) return false;
    return true;
  } catch {
    return false;
  }
}
