import { isPlainObject } from '../storage/query.ts';

/** A field's name as apps write it; anything else may be a value that lost its way. */
const NAME = /^[\w$.-]{1,60}$/;
const LOGICAL = new Set(['$and', '$or', '$nor']);
const MOST = 20;
const LONGEST = 400;

/**
 * Which fields a filter looks at and how, without any value: `{date:{$gte,$lte},$or:[{type},{device}]}`.
 * @returns at most {@link LONGEST} characters
 */
export function shapeOfFilter(filter: unknown): string {
  return shorten(shapeOf(filter, 0));
}

/** The fields identity look-ups go by: `created_at+eventType identifier`. */
export function shapeOfKeys(keys: readonly object[]): string {
  return shorten([...new Set(keys.map((key) => Object.keys(key).map(name).join('+')))].slice(0, MOST).join(' '));
}

function shapeOf(filter: unknown, depth: number): string {
  if (!isPlainObject(filter) || depth > 12) return '…';
  const fields = Object.entries(filter).slice(0, MOST);
  return `{${fields.map(([field, condition]) => name(field) + shapeOfCondition(field, condition, depth)).join()}}`;
}

function shapeOfCondition(field: string, condition: unknown, depth: number): string {
  if (LOGICAL.has(field) && Array.isArray(condition))
    return `:[${condition
      .slice(0, MOST)
      .map((part) => shapeOf(part, depth + 1))
      .join()}]`;
  // an object without operators is a value
  if (!isPlainObject(condition) || !Object.keys(condition).some((key) => key.startsWith('$'))) return '';
  return `:${shapeOf(condition, depth + 1)}`;
}

const name = (field: string): string => (NAME.test(field) ? field : '(odd name)');

const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
