import { isObjectId } from '../object-id.ts';
import type { Key, StoreName } from '../port.ts';
import { type Filter, isPlainObject, type Query } from '../query.ts';

const DAY = 86_400_000;
/** How far back the copy reaches. */
const HORIZON_MS = 8 * DAY;
/** Events of which the live state remembers one that is months old; the numbers leave room for a copy that is a day old. */
const LONGER: ReadonlyMap<unknown, number> = new Map([
  ...['Sensor Start', 'Sensor Change', 'Sensor Stop', 'Site Change', 'Insulin Change', 'Pump Battery Change'].map(
    (eventType) => [eventType, 66 * DAY] as const
  ),
  ['Profile Switch', 376 * DAY]
]);
/**
 * How the fields of a collection tell times: epoch ms, ISO text, or either. The other collections are small, or needed at any age, and
 * copied as a whole.
 */
const TIMES: Readonly<Partial<Record<StoreName, Readonly<Record<string, readonly ('ms' | 'text')[]>>>>> = {
  entries: { date: ['ms'], srvModified: ['ms'], sysTime: ['text'], dateString: ['text'] },
  treatments: { created_at: ['text', 'ms'], date: ['ms'], srvModified: ['ms'] },
  devicestatus: { created_at: ['text', 'ms'], date: ['ms'], srvModified: ['ms'] },
  activity: { created_at: ['text', 'ms'], date: ['ms'], srvModified: ['ms'] }
};
/** Apps' and the server's names of one document: who asks for one and gets one has got all there is. */
const IDS = new Set(['_id', 'identifier', 'NSCLIENT_ID', 'syncIdentifier', 'uuid', 'id']);

/**
 * How a query can be answered from the copy: as it stands; by a narrower one, if that gives all that was asked for (`enough`
 * documents); only when it finds something; or not at all.
 */
type Answer = { readonly query: Query; readonly enough: number } | { readonly query: undefined; readonly enough?: undefined };

/** What the copy holds for sure, so that an answer from it is the answer the database would give. */
export interface Coverage {
  answer(collection: StoreName, query: Query): Answer;
  /** False when a document under this key may be stored that the copy lacks. */
  knows(collection: StoreName, key: Key): boolean;
}

/** The queries whose answers, taken together, are the copy of a collection. @param at epoch ms, the present */
export function copyQueries(collection: StoreName, at: number): Query[] {
  if (!TIMES[collection]) return [{ filter: {} }];
  const times: Query[] = Object.entries(TIMES[collection]).flatMap(([field, kinds]) =>
    kinds.map((kind): Query => ({ filter: { [field]: { $gte: startOf(kind, at - HORIZON_MS) } }, sort: [[field, 1]] }))
  );
  // backfilled by a server that writes no srvModified
  const ids: Query = { filter: { _id: { $gte: idAt(at - HORIZON_MS), $lte: idAt(at + DAY) } }, sort: [['_id', 1]] };
  const longer = collection === 'treatments' ? [...LONGER] : [];
  return [
    ...times,
    ids,
    ...longer.map(
      ([eventType, age]): Query => ({
        filter: { eventType, created_at: { $gte: startOf('text', at - age) } },
        sort: [['created_at', 1]]
      })
    )
  ];
}

/** What the copy does not hold; nothing found: it holds all. */
export const outsideCopy = (collection: StoreName, at: number): Filter => ({
  $nor: copyQueries(collection, at).map(({ filter }) => filter)
});

/**
 * @param at when the copy was made, epoch ms; it is kept up to date since
 * @param complete collections of which nothing is older than the copy reaches
 * @param now the clock, epoch ms
 */
export function createCoverage(at: number, complete: ReadonlySet<StoreName>, now: () => number): Coverage {
  const since = at - HORIZON_MS;

  function reaches(collection: StoreName, field: string, value: unknown, from = since): boolean {
    if (field === '_id' || field === 'identifier') return false;
    const kinds = TIMES[collection]?.[field] ?? [];
    if (typeof value === 'number') return kinds.includes('ms') && value >= from;
    return typeof value === 'string' && kinds.includes('text') && value >= startOf('text', from);
  }

  /** True when whatever fulfils this condition lies within the copy. */
  function within(collection: StoreName, field: string, condition: unknown, from = since): boolean {
    const one = (value: unknown): boolean =>
      reaches(collection, field, value, from) || ((field === '_id' || field === 'identifier') && isRecentId(value, since, now()));
    if (!isPlainObject(condition)) return one(condition);
    const { $eq, $in, $gte, $gt } = condition;
    if (Array.isArray($in) && $in.every(one)) return true;
    return one($eq) || [$gte, $gt].some((bound) => reaches(collection, field, bound, from));
  }

  function covers(collection: StoreName, filter: Filter): boolean {
    if (!TIMES[collection] || complete.has(collection)) return true;
    const longer = collection === 'treatments' ? LONGER.get(filter.eventType) : undefined;
    if (longer && within(collection, 'created_at', filter.created_at, at - longer)) return true;
    return Object.entries(filter).some(([field, condition]) => {
      if (field === '$and') return (condition as Filter[]).some((part) => covers(collection, part));
      if (field === '$or') return (condition as Filter[]).every((part) => covers(collection, part));
      return !field.startsWith('$') && within(collection, field, condition);
    });
  }

  return {
    answer(collection, query) {
      const { filter, sort = [], skip = 0, limit } = query;
      if (covers(collection, filter)) return { query, enough: 0 };
      if (namesOne(filter)) return { query, enough: 1 };
      const [field, direction] = sort[0] ?? [];
      const kind = field === undefined ? undefined : TIMES[collection]?.[field]?.[0];
      if (!field || !kind || direction !== -1 || limit === undefined || !Number.isFinite(limit)) return { query: undefined };
      // newest first: what is older than the copy comes last
      const from = at - ((collection === 'treatments' && LONGER.get(filter.eventType)) || HORIZON_MS);
      const newest = { $and: [filter, { [field]: { $gte: startOf(kind, field === 'created_at' ? from : since) } }] };
      return { query: { ...query, filter: newest, skip: 0, limit: skip + limit }, enough: skip + limit };
    },
    knows: (collection, key) => covers(collection, key)
  };
}

const startOf = (kind: 'ms' | 'text', from: number): string | number => (kind === 'ms' ? from : new Date(from).toISOString());

/** The first id that is made at an instant (epoch ms): its first eight digits are the seconds. */
const idAt = (ms: number): string =>
  Math.floor(ms / 1000)
    .toString(16)
    .padStart(8, '0')
    .padEnd(24, '0');

/** An id with a recent time in it names a document that was stored since, or none. */
const isRecentId = (value: unknown, since: number, now: number): boolean =>
  isObjectId(value) && value.toLowerCase() >= idAt(since) && value.toLowerCase() <= idAt(now + DAY);

/** True for `{ identifier: 'x' }` and the like, also as alternatives. */
function namesOne(filter: Filter): boolean {
  return Object.entries(filter).some(([field, condition]) => {
    if (field === '$and') return (condition as Filter[]).some(namesOne);
    if (field === '$or') return (condition as Filter[]).every(namesOne);
    const value = isPlainObject(condition) ? condition.$eq : condition;
    return IDS.has(field) && typeof value === 'string' && value !== '';
  });
}
