import { Refusal } from '../../errors.ts';
import { isFieldPath, isPlainObject, type Query } from '../../storage/query.ts';

type Sort = NonNullable<Query['sort']>;

const DIRECTIONS: Readonly<Record<string, 1 | -1>> = { '1': 1, asc: 1, ascending: 1, '-1': -1, desc: -1, descending: -1 };

/** More fields than this order nothing that matters. */
const MOST = 8;

/**
 * Reads `sort[created_at]=-1` or `sort=created_at`.
 * @param fallback the order of the endpoint without `sort`
 * @throws Refusal `bad-query`
 */
export function parseSort(value: unknown, fallback: Sort): Sort {
  if (value === undefined || value === '') return fallback;
  if (typeof value === 'string') return [[checkField(value), 1]];
  if (!isPlainObject(value) || Object.keys(value).length === 0 || Object.keys(value).length > MOST)
    throw new Refusal('bad-query', 'sort needs a field');
  return Object.entries(value).map(([field, word]) => {
    const direction = typeof word === 'string' ? DIRECTIONS[word.toLowerCase()] : undefined;
    if (!direction) throw new Refusal('bad-query', 'A sort direction is 1 or -1');
    return [checkField(field), direction];
  });
}

function checkField(field: string): string {
  if (!isFieldPath(field)) throw new Refusal('bad-query', 'sort needs a field');
  return field;
}
