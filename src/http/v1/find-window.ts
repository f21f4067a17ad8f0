import type { Filter } from '../../storage/query.ts';
import { isPlainObject } from '../../storage/query.ts';
import type { FindRules } from './find-rules.ts';

/** How far back a query without a date looks, ms. */
export const DEFAULT_WINDOW = 4 * 86_400_000;

/**
 * How far ahead it looks, ms, as far as the live state does: what a wrong clock dated 2099 would be the latest reading for decades
 * (GAP-API-021). Who names the date finds it.
 */
export const WINDOW_AHEAD = 48 * 3_600_000;

/** The fields in which apps keep their own id of a document. */
const OWN_IDS = new Set(['id', 'uuid', 'syncIdentifier', 'NSCLIENT_ID']);

/**
 * The default bounds, the upper one for reads only (what is wrong must stay deletable), or undefined when the query names the date itself (also by an upper bound only: LoopFollow looks for
 * the last site change with `$lte`, however old). Conditions inside `$and` and `$or` do not count.
 * @param now epoch ms
 */
export function windowOf(
  find: Readonly<Record<string, unknown>>,
  { dateField, dateIs }: FindRules,
  { now, purpose }: { readonly now: number; readonly purpose: 'read' | 'delete' }
): Filter | undefined {
  if (find[dateField] !== undefined || find.dateString !== undefined) return undefined;
  const spell = (ms: number): number | string => (dateIs === 'ms' ? ms : new Date(ms).toISOString());
  const upper = purpose === 'read' && { $lte: spell(now + WINDOW_AHEAD) };
  return { [dateField]: { $gte: spell(now - DEFAULT_WINDOW), ...upper } };
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
