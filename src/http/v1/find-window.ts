import type { Filter } from '../../storage/query.ts';
import { isPlainObject } from '../../storage/query.ts';
import type { FindRules } from './find-rules.ts';

/** How far back a query without a date looks, ms. */
export const DEFAULT_WINDOW = 4 * 86_400_000;

/** The fields in which apps keep their own id of a document. */
const OWN_IDS = new Set(['id', 'uuid', 'syncIdentifier', 'NSCLIENT_ID']);

/**
 * The default lower bound, or undefined when the query names the date itself (also by an upper bound only: LoopFollow looks for
 * the last site change with `$lte`, however old). Conditions inside `$and` and `$or` do not count.
 * @param now epoch ms
 */
export function windowOf(
  find: Readonly<Record<string, unknown>>,
  { dateField, dateIs }: FindRules,
  now: number
): Filter | undefined {
  if (find[dateField] !== undefined || find.dateString !== undefined) return undefined;
  const from = now - DEFAULT_WINDOW;
  return { [dateField]: { $gte: dateIs === 'ms' ? from : new Date(from).toISOString() } };
}

/**
 * The exact matches of an app's own id that a filter asks for, also inside `$and` and `$or`. Who asks for its own document by id
 * wants it at any age: xDrip+ looks up `find[uuid]` before a delete, Trio deletes by `find[id][$eq]`.
 */
export function ownIdConditions(filter: Filter): Filter[] {
  return Object.entries(filter).flatMap(([field, condition]): Filter[] => {
    if (field === '$and' || field === '$or') return (condition as Filter[]).flatMap(ownIdConditions);
    if (!OWN_IDS.has(field)) return [];
    const exact = isPlainObject(condition) ? (condition.$eq !== undefined && [condition.$eq]) || condition.$in : [condition];
    if (!Array.isArray(exact)) return [];
    const ids = exact.filter((id) => typeof id === 'string' && id !== '');
    return ids.length === 0 ? [] : [{ [field]: { $in: ids } }];
  });
}
