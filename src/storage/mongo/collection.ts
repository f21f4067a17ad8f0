import type { AnyBulkWriteOperation, Collection, Document, Filter as MongoFilter } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
import { Refusal } from '../../errors.ts';
import { canonicalId } from '../object-id.ts';
import { type Change, type Doc, type Key, type Stored, type StoreName, storedDoc } from '../port.ts';
import type { Filter, Query } from '../query.ts';
import { refusalOf } from './failure.ts';
import { translate } from './filter.ts';
import type { Gate } from './gate.ts';
import { idText, newId, storedIds } from './ids.ts';
import { pageBound, timeIn } from './page-bound.ts';

const BATCH = 200;
/** Conditions per look-up. */
const CHUNK = 200;
/** No read may hold the database for longer. */
const MAX_TIME_MS = 30_000;
const ATTEMPTS = 4;
const IMMUTABLE_ID = 66;
const DUPLICATE_KEY = 11_000;

/** Reads and writes of one collection. */
export interface MongoCollection {
  find(query: Query): AsyncIterable<Stored[]>;
  count(filter: Filter): Promise<number>;
  candidates(keys: readonly Key[]): Promise<Doc[]>;
  /** Makes changes durable, each document whole; of several changes of one document the last one counts. */
  write(changes: readonly Change[]): Promise<void>;
}

export function createCollection(name: StoreName, collection: Collection<Document>, gate: Gate): MongoCollection {
  async function* find(query: Query): AsyncIterable<Stored[]> {
    const { skip = 0, limit } = query;
    if (limit !== undefined && limit <= 0) return;
    gate.enter();
    const condition = translate(query.filter);
    const bound = await boundOf(query, condition);
    if (!bound || limit === undefined) return yield* listed(query, condition);
    let given = 0;
    for await (const batch of listed(query, { $and: [condition, bound] })) {
      given += batch.length;
      yield batch;
    }
    // something was deleted between the two questions
    if (given < limit) yield* listed({ ...query, skip: skip + given, limit: limit - given }, condition);
  }

  async function boundOf(query: Query, condition: Document): Promise<Document | undefined> {
    const timeAt = timeIn(collection, condition, MAX_TIME_MS);
    try {
      return await pageBound(name, query, (...place) => gate.guard('listing', () => timeAt(...place)));
    } catch (error) {
      throw gate.refusal(error, 'read');
    }
  }

  async function* listed(
    { filter, sort = [], skip = 0, limit }: Query,
    condition: MongoFilter<Document>
  ): AsyncIterable<Stored[]> {
    const cursor = collection.find(condition, {
      batchSize: BATCH,
      maxTimeMS: MAX_TIME_MS,
      allowDiskUse: true,
      skip,
      ...(limit !== undefined && { limit, singleBatch: limit <= BATCH })
    });
    const order = orderBy(filter, sort);
    if (order.size > 0) cursor.sort(order);
    try {
      while (await gate.guard('listing', () => cursor.hasNext()))
        yield cursor.readBufferedDocuments().map((raw) => storedDoc(outside(raw)));
    } catch (error) {
      throw gate.refusal(error, 'read');
    } finally {
      // not waited for: it speaks to the database, which may be the one that has just gone
      void cursor.close().catch(() => {});
    }
  }

  async function count(filter: Filter): Promise<number> {
    gate.enter();
    try {
      return await gate.guard('listing', () => collection.countDocuments(translate(filter), { maxTimeMS: MAX_TIME_MS }));
    } catch (error) {
      throw gate.refusal(error, 'read');
    }
  }

  async function candidates(keys: readonly Key[]): Promise<Doc[]> {
    gate.enter();
    const found = new Map<string, Doc>();
    const conditions = keyConditions(keys);
    for (let at = 0; at < conditions.length; at += CHUNK) {
      const some = conditions.slice(at, at + CHUNK);
      try {
        const cursor = collection.find((some.length === 1 ? some[0]! : { $or: some }) as MongoFilter<Document>, {
          maxTimeMS: MAX_TIME_MS
        });
        for (const raw of await gate.guard('brief', () => cursor.toArray())) {
          // one id stored both as text and as ObjectId: the write hits the text, so it is the one to decide on
          const text = typeof raw._id === 'string';
          const doc = outside(raw);
          if (text || !found.has(doc._id!)) found.set(doc._id!, doc);
        }
      } catch (error) {
        throw gate.refusal(error, 'read');
      }
    }
    return [...found.values()];
  }

  async function write(changes: readonly Change[]): Promise<void> {
    let open = [...new Map(changes.map((change) => [canonicalId(idOf(change)), { change, keepId: false }])).values()];
    for (let attempt = 1; open.length > 0; attempt++) {
      const failed = await tryWrite(open.map(({ change, keepId }) => operation(change, keepId)));
      if (failed.length > 0 && attempt === ATTEMPTS)
        throw new Refusal('storage-failed', `The database refused (code ${failed[0]!.code})`);
      // the document is stored under the same id in another form (keep that), or a parallel write was faster (replace its outcome)
      open = failed.map(({ index, code }) => ({ change: open[index]!.change, keepId: code === IMMUTABLE_ID }));
    }
  }

  async function tryWrite(operations: AnyBulkWriteOperation<Document>[]): Promise<{ index: number; code: number }[]> {
    try {
      await gate.guard('brief', () => collection.bulkWrite(operations, { ordered: false, ignoreUndefined: true }));
      return [];
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const errors = [error.writeErrors].flat();
      const fatal = errors.find(({ code }) => code !== IMMUTABLE_ID && code !== DUPLICATE_KEY);
      if (errors.length === 0) throw error;
      if (fatal) throw refusalOf(Object.assign(error, { code: fatal.code }), 'write');
      return errors.map(({ index, code }) => ({ index, code }));
    }
  }

  return { find, count, candidates, write };
}

/** In place: the driver made this object for us. `_id` keeps its position. */
const outside = (raw: Document): Doc => Object.assign(raw, { _id: idText(raw._id) }) as Doc;

const idOf = (change: Change): string => (change.op === 'remove' ? change._id : change.doc._id);

/** `keepId`: leave the `_id` that is stored; else the document is replaced or, when absent, added. */
function operation(change: Change, keepId: boolean): AnyBulkWriteOperation<Document> {
  const filter = { _id: { $in: storedIds(idOf(change)) } } as MongoFilter<Document>;
  if (change.op === 'remove') return { deleteOne: { filter } };
  const { _id, ...fields } = change.doc;
  if (keepId) return { replaceOne: { filter, replacement: fields } };
  return { replaceOne: { filter, replacement: { _id: newId(_id), ...fields } as Document, upsert: true } };
}

/**
 * Ties are broken by `_id`, which rises with the time of storing: pages of equal times must neither lose nor repeat a document.
 * Without any condition the natural order is the one of storing.
 */
function orderBy(filter: Filter, sort: NonNullable<Query['sort']>): Map<string, 1 | -1> {
  const order = new Map<string, 1 | -1>(sort.map(([field, direction]) => [field, direction]));
  const first = sort[0];
  if (!order.has('_id') && (first || Object.keys(filter).length > 0)) order.set('_id', first?.[1] ?? 1);
  return order;
}

/** Keys of one field share an `$in` each; the others are conditions of their own. */
function keyConditions(keys: readonly Key[]): Document[] {
  const single = new Map<string, unknown[]>();
  const conditions: Document[] = [];
  for (const key of keys) {
    const fields = Object.entries(key);
    const [field, value] = fields[0] ?? [];
    if (field === undefined) continue;
    if (fields.length > 1) conditions.push('_id' in key ? translate(key) : key);
    else single.set(field, [...(single.get(field) ?? []), ...(field === '_id' ? storedIds(String(value)) : [value])]);
  }
  return [...[...single].map(([field, values]) => ({ [field]: { $in: values } })), ...conditions];
}
