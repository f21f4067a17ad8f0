import { BSON } from 'mongodb';
import type { Logger } from 'pino';
import { Refusal } from '../../errors.ts';
import { type Change, COLLECTIONS, INTERNAL, type Storage, type StoreName } from '../port.ts';
import { createCollection } from './collection.ts';
import { connect, type MongoSettings } from './connection.ts';
import { lostConnection, refusalOf } from './failure.ts';
import { createGate } from './gate.ts';
import { ensureIndexes } from './indexes.ts';

/** MongoDB's limit, less what the driver wraps around a document on its way. */
const MAX_BYTES = 16 * 1024 * 1024 - 1024;

/**
 * A MongoDB database, also one that the reference has filled: its collections and ids are used as they are.
 * Returns at once; while the database is away every call refuses within seconds, and works again when it is back.
 * @param collections name of each collection in the database
 * @param deps.onTrouble hears a sentence when the database goes out of reach, undefined when it is back
 * @throws Error with a sentence for people when the URI cannot be read
 */
export function createMongoStorage(
  { collections, ...settings }: MongoSettings & { readonly collections: Readonly<Record<StoreName, string>> },
  { log, onTrouble }: { log: Logger; onTrouble?: (sentence: string | undefined) => void }
): Storage {
  const connection = connect(settings, log, onTrouble);
  const { db } = connection;
  const gate = createGate(settings.poolSize);
  const stores = new Map<StoreName, ReturnType<typeof createCollection>>(
    [...COLLECTIONS, ...INTERNAL].map((name) => [name, createCollection(name, db.collection(collections[name]), gate)])
  );
  const underWay = new Set<Promise<void>>();
  let engine: string | undefined;
  let indexing: Promise<void> | undefined;

  connection.onLost(gate.lost);
  connection.onReachable(() => {
    gate.open();
    indexing ??= ensureIndexes(db, collections, log, connection.closed);
  });

  async function ask(command: Record<string, unknown>, kind: 'listing' | 'free' = 'listing'): Promise<Record<string, unknown>> {
    gate.enter();
    try {
      return await gate.guard(kind, () => db.command({ ...command, maxTimeMS: 5000 }));
    } catch (error) {
      throw gate.refusal(error, 'read');
    }
  }

  /** Writing twice does no harm, so a connection that broke (the database was restarted) is worth a second try. */
  async function write(name: StoreName, changes: readonly Change[]): Promise<void> {
    const store = stores.get(name)!;
    gate.enter();
    try {
      await store.write(changes).catch((error: unknown) => {
        if (!lostConnection(error)) throw error;
        return store.write(changes);
      });
    } catch (error) {
      throw gate.refusal(error, 'write');
    }
  }

  async function applyAll(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      if (change.op !== 'remove' && sizeOf(change.doc) > MAX_BYTES)
        throw new Refusal('too-large', 'A document is larger than 16 MB');
    }
    // a deleted document that left no tombstone would live on in the apps, so tombstones go first
    const names = [...new Set(changes.map(({ collection }) => collection))].sort(
      (a, b) => Number(b === 'tombstones') - Number(a === 'tombstones')
    );
    for (const name of names)
      await write(
        name,
        changes.filter(({ collection }) => collection === name)
      );
  }

  return {
    kind: 'mongodb',
    async version() {
      engine ??= String((await ask({ buildInfo: 1 })).version);
      return engine;
    },
    find: (name, query) => stores.get(name)!.find(query),
    count: (name, filter) => stores.get(name)!.count(filter),
    candidates: (name, keys) => stores.get(name)!.candidates(keys),
    async apply(changes) {
      if (connection.closed.aborted) throw new Refusal('storage-away', 'The server is shutting down', 1);
      const work = applyAll(changes);
      underWay.add(work);
      try {
        await work;
      } finally {
        underWay.delete(work);
      }
    },
    async sizes() {
      const { dataSize, indexSize } = await ask({ dbStats: 1 });
      return { dataSize: Number(dataSize), indexSize: Number(indexSize) };
    },
    ping: async () => void (await ask({ ping: 1 }, 'free')),
    async close() {
      await Promise.allSettled(underWay);
      await connection.close();
      await indexing;
    }
  };
}

function sizeOf(doc: object): number {
  try {
    return BSON.calculateObjectSize(doc, { ignoreUndefined: true });
  } catch (error) {
    throw refusalOf(error, 'write');
  }
}
