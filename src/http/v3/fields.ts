import { Refusal } from '../../errors.ts';
import type { Doc } from '../../storage/port.ts';

/**
 * `fields=a,b`: exact top-level names; absent, empty or `_all` means everything (undefined).
 * @throws Refusal for an empty item or a name with `$` in front
 */
export function readFields(params: URLSearchParams): ReadonlySet<string> | undefined {
  const text = params.getAll('fields').join(',');
  if (text === '' || text === '_all') return undefined;
  const names = text.split(',');
  if (names.some((name) => name === '' || name.startsWith('$'))) throw new Refusal('bad-query', 'Bad parameter fields');
  return new Set(names);
}

/** The named fields of a presented document, in the document's order. */
export function project(doc: Doc, fields: ReadonlySet<string> | undefined): Doc {
  return fields ? Object.fromEntries(Object.entries(doc).filter(([name]) => fields.has(name))) : doc;
}
