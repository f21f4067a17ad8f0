import { type Doc, KEY_FIELDS } from '../../port.ts';
import type { Query } from '../../query.ts';
import { columnOf, jsonPath } from '../indexes.ts';

/** A value as SQLite sorts it: nothing, then numbers, then text. */
export type SortKey = null | number | string;

const KEYS = new Set<string>(KEY_FIELDS);

/** True for fields that have a column. */
export const isKeyField = (field: string): boolean => field === '_id' || KEYS.has(field);

/** Text in the order of its UTF-8 bytes, which is SQLite's; a JS comparison puts surrogates before U+E000. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

const kindOf = (key: SortKey): number => (key === null ? 0 : typeof key === 'number' ? 1 : 2);

export function compareKeys(a: SortKey, b: SortKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return kindOf(a) - kindOf(b);
}

/** What a sort term looks at: the column of a key field, or what json_extract gives for another. */
export function sortKeyOf(doc: Doc, field: string): SortKey {
  if (isKeyField(field)) {
    const value = doc[field];
    if (typeof value === 'string' || typeof value === 'number') return value;
    return field === 'isValid' && typeof value === 'boolean' ? Number(value) : null;
  }
  let value: unknown = doc;
  for (const part of field.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, part)) return null;
    value = (value as Doc)[part];
  }
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number);
}

/** The order of a query, as collection.ts writes it in SQL: its terms, then the place in the order of storing. */
export interface Order {
  readonly terms: readonly (readonly [field: string, direction: 1 | -1])[];
  /** Of the place in the order of storing, which settles ties. */
  readonly direction: 1 | -1;
}

export function orderOf(sort: NonNullable<Query['sort']>): Order {
  return {
    terms: sort.filter(([field]) => columnOf(field) ?? jsonPath(field)),
    direction: sort[0]?.[1] ?? 1
  };
}

/** Something with a place in an {@link Order}. */
export interface Placed {
  readonly keys: readonly SortKey[];
  readonly seq: number;
}

export const comparePlaced =
  ({ terms, direction }: Order) =>
  (a: Placed, b: Placed): number => {
    for (let n = 0; n < terms.length; n++) {
      const compared = compareKeys(a.keys[n]!, b.keys[n]!);
      if (compared !== 0) return compared * terms[n]![1];
    }
    return (a.seq - b.seq) * direction;
  };
