import { Refusal } from '../../errors.ts';
import { isFieldPath, type Query } from '../../storage/query.ts';

const TIE_BREAKERS = ['identifier', 'created_at', 'date'];

/**
 * `sort` or `sort$desc`: that field first, then identifier, created_at and date in the same direction. Without either the
 * order is by identifier.
 * @throws Refusal when both are given or the field cannot be one
 */
export function readSort(params: URLSearchParams): NonNullable<Query['sort']> {
  const ascending = params.getAll('sort').at(-1) ?? '';
  const descending = params.getAll('sort$desc').at(-1) ?? '';
  if (ascending !== '' && descending !== '') throw new Refusal('bad-query', 'Parameters sort and sort_desc cannot be combined');
  const field = ascending || descending;
  if (field !== '' && !isFieldPath(field)) throw new Refusal('bad-query', 'Bad parameter sort');
  const direction = descending === '' ? 1 : -1;
  const fields = field === '' ? TIE_BREAKERS : [field, ...TIE_BREAKERS.filter((name) => name !== field)];
  return fields.map((name) => [name, direction] as const);
}
