import type { Collection, Document, Filter as MongoFilter } from 'mongodb';
import { INDEXES, TIME_FIELDS } from '../indexes.ts';
import type { StoreName } from '../port.ts';
import type { Query } from '../query.ts';

/** Pages that end further down are sorted by the database as a whole. */
const MOST = 10_000;

/**
 * The condition that every document up to the end of a page meets. API v3 orders by a time, then by what few documents share a time:
 * no index has that order, and MongoDB would sort the whole collection (half a second for a year) for the latest hundred. Along the
 * index of the time it finds in a moment at which time the page ends; what is left to be sorted is the page.
 * @param timeAt the time of the document at a place in the order of the time alone
 * @returns undefined when the page has to be sorted as a whole: another kind of query, fewer documents, times of several kinds
 */
export async function pageBound(
  name: StoreName,
  { filter, sort = [], skip = 0, limit = Number.POSITIVE_INFINITY }: Query,
  timeAt: (field: string, way: 1 | -1, place: number) => Promise<unknown>
): Promise<Document | undefined> {
  const [first] = sort;
  if (!first || sort.length < 2 || skip + limit > MOST) return undefined;
  if (!TIME_FIELDS.has(first[0]) || !INDEXES[name].some((fields) => fields[0] === first[0])) return undefined;
  const [field, way] = first;
  // for anything else another index may be the better one
  if (Object.keys(filter).some((one) => one !== field && one !== 'isValid')) return undefined;
  const [start, end] = await Promise.all([timeAt(field, way, 0), timeAt(field, way, skip + limit - 1)]);
  // values of one type lie together in the order, so between two numbers there are only numbers
  if (typeof start !== typeof end || !(typeof end === 'string' || (Number.isFinite(start) && Number.isFinite(end))))
    return undefined;
  return { [field]: { [way > 0 ? '$lte' : '$gte']: end } };
}

/** Asks a collection for {@link pageBound}; nothing but the index is read. */
export const timeIn =
  (collection: Collection<Document>, filter: MongoFilter<Document>, maxTimeMS: number) =>
  async (field: string, way: 1 | -1, place: number): Promise<unknown> => {
    const [found] = await collection
      .find(filter, { projection: { _id: 0, [field]: 1 }, sort: { [field]: way, _id: way }, skip: place, limit: 1, maxTimeMS })
      .toArray();
    return found?.[field];
  };
