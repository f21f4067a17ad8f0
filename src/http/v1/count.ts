import { Refusal } from '../../errors.ts';
import { firstOf } from './query-params.ts';

const LEADING = /^\s*\+?(\d+)/;

/**
 * How many documents to give (D12): the leading whole number, because oref0 sends `count=1?<secret>`; of repeated ones the
 * first; absent or empty the default. Never more than the ceiling.
 * @param fallback what the endpoint gives without `count`
 * @param ceiling API_MAX_COUNT
 * @throws Refusal `bad-query` for 0, negative numbers and text: the reference answers those with anything from nothing to all
 */
export function parseCount(value: unknown, fallback: number, ceiling: number): number {
  const text = firstOf(value);
  if (text === undefined || text === '') return Math.min(fallback, ceiling);
  const digits = typeof text === 'string' ? LEADING.exec(text)?.[1] : undefined;
  const count = Number(digits ?? 0);
  if (count < 1) throw new Refusal('bad-query', 'count must be a positive whole number');
  return Math.min(count, ceiling);
}
