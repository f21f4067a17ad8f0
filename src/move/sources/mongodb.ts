import { BSON, type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { MOVE_NAMES, type MoveName } from '../names.ts';
import { retrying } from '../retry.ts';
import { type Item, type Page, type Source, SourceError } from '../source.ts';
import type { CollectionNames } from './collection-names.ts';
import { plainDocument } from './plain.ts';

const PAGE = 500;
const TIMEOUT_MS = 10_000;
const NEWEST = 50;
const TIME: Partial<Record<MoveName, string>> = { entries: 'date', treatments: 'created_at', devicestatus: 'created_at' };

/**
 * A MongoDB database of the reference or of Vigil, read in the order of `_id`.
 * @param names what the collections may be called there
 * @throws SourceError
 */
export async function openMongoSource(uri: string, names: CollectionNames): Promise<Source> {
  const client = connect(uri);
  const db = client.db();
  const label = `MongoDB database ${db.databaseName} on ${client.options.hosts.map(String).join(', ')}`;
  const there = await ask(
    async () => new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)),
    1
  ).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  const nameOf = (name: MoveName): string | undefined => names(name).find((one) => there.has(one));

  /** The driver's words may hold the password. */
  async function ask<T>(work: () => Promise<T>, attempts = 6): Promise<T> {
    return retrying(work, { isPassing: isOfNetwork, attempts }).catch((error: Error) => {
      throw new SourceError(`${label} cannot be read (${error.name}${'code' in error ? `, code ${error.code}` : ''}).`);
    });
  }

  async function* pages(name: MoveName, after: unknown): AsyncIterable<Page> {
    const collection = db.collection(nameOf(name)!);
    const total = await ask(() => collection.estimatedDocumentCount());
    let cursor = after as { last: string; read: number } | undefined;
    for (;;) {
      const last = cursor && (BSON.EJSON.parse(cursor.last, { relaxed: false }) as { _id: unknown });
      // `min` crosses the types of ids, which a condition would not; it begins with the last one of the page before
      const found = await ask(() => {
        const query = collection.find({}).hint({ _id: 1 });
        if (last) query.min({ _id: last._id } as Document);
        return query.limit(PAGE + (last ? 1 : 0)).toArray();
      });
      const lastText = cursor?.last;
      const fresh = found.filter(({ _id }) => BSON.EJSON.stringify({ _id }, { relaxed: false }) !== lastText);
      if (fresh.length === 0) return;
      const read = (cursor?.read ?? 0) + fresh.length;
      cursor = { last: BSON.EJSON.stringify({ _id: fresh.at(-1)!._id }, { relaxed: false }), read };
      yield { items: fresh.map(itemOf), cursor, ...(total > 0 && { part: Math.min(1, read / total) }) };
    }
  }

  return {
    label,
    fingerprint: `mongodb ${client.options.hosts.map(String).join(',')} ${db.databaseName}`,
    notes: [],
    faults: [],
    names: async () => MOVE_NAMES.filter((name) => nameOf(name) !== undefined),
    async newest(name) {
      const field = TIME[name];
      const known = nameOf(name);
      if (!field || !known) return [];
      const found = await ask(() =>
        db
          .collection(known)
          .find({})
          .sort({ [field]: -1 })
          .limit(NEWEST)
          .allowDiskUse()
          .toArray()
      );
      return found.map(itemOf).flatMap((item) => ('doc' in item ? [item.doc] : []));
    },
    pages,
    close: () => client.close()
  };
}

function connect(uri: string): MongoClient {
  const options: MongoClientOptions = {
    ...(!/serverSelectionTimeoutMS=/i.test(uri) && { serverSelectionTimeoutMS: TIMEOUT_MS }),
    maxPoolSize: 2,
    enableUtf8Validation: false,
    // without a prototype: the driver would take a list called `constructor` for one of these fields
    fieldsAsRaw: Object.create(null) as Document
  };
  try {
    return new MongoClient(uri, options);
  } catch {
    throw new SourceError('The MongoDB URI cannot be read: it must look like mongodb://user:password@host:27017/database');
  }
}

const isOfNetwork = (error: unknown): boolean =>
  error instanceof Error && /Network|ServerSelection|NotPrimary|PoolCleared/.test(error.name);

function itemOf(raw: Document): Item {
  try {
    return { doc: plainDocument(raw) };
  } catch (error) {
    return { unreadable: (error as Error).message, where: String(raw._id) };
  }
}
