import { TIME_FIELDS } from '../../indexes.ts';
import type { Key } from '../../port.ts';
import type { FieldSummary, Summary } from './summary.ts';

/** Keys that ask for the same time field, and the blocks worth judging for any of them. */
interface Near<B> {
  readonly keys: readonly Key[];
  readonly blocks: readonly B[];
}

/** Fewer keys than this are judged against all blocks: what is new lies outside of all of them, which one look tells. */
const FEW = 20;

/**
 * Sorts keys by the time they ask for and picks the blocks between the earliest and the latest: the thousand keys of a backfill
 * lie in a few days of an archive of years, and judging each against every block took longer than storing them.
 */
export function near<B extends { readonly summary: Summary }>(keys: readonly Key[], blocks: readonly B[]): Near<B>[] {
  if (keys.length < FEW) return keys.length > 0 ? [{ keys, blocks }] : [];
  const spans = new Map<
    string,
    { readonly field: string; readonly keys: Key[]; least: string | number; most: string | number }
  >();
  const others: Key[] = [];
  for (const key of keys) {
    const field = Object.keys(key).find((one) => TIME_FIELDS.has(one));
    if (field === undefined || Number.isNaN(key[field])) {
      others.push(key);
      continue;
    }
    const value = key[field]!;
    const name = `${field} ${typeof value}`;
    const span = spans.get(name);
    if (!span) spans.set(name, { field, keys: [key], least: value, most: value });
    else {
      span.keys.push(key);
      if (value < span.least) span.least = value;
      if (value > span.most) span.most = value;
    }
  }
  const found: Near<B>[] = [];
  for (const { field, keys: alike, least, most } of spans.values())
    found.push({ keys: alike, blocks: blocks.filter(({ summary }) => meets(summary.fields[field], least, most)) });
  if (others.length > 0) found.push({ keys: others, blocks });
  return found;
}

function meets(known: FieldSummary | undefined, least: string | number, most: string | number): boolean {
  if (!known) return false;
  if (typeof least === 'string' && known.otherText) return true;
  const range = typeof least === 'string' ? known.text : known.num;
  return range !== undefined && range[0] <= most && range[1] >= least;
}
