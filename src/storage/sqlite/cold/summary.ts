import { isObjectId } from '../../object-id.ts';
import { type Doc, KEY_FIELDS } from '../../port.ts';
import { compareText } from './order.ts';

/** Fields that hold apps' own ids: found by their hashes, so that a summary says only whether they are there. */
export const ID_FIELDS: ReadonlySet<string> = new Set(['identifier', 'syncIdentifier', 'NSCLIENT_ID', 'uuid', 'id', 'pumpId']);
/** More different values of a field than these are not listed. */
const LISTED = 16;
/** Longer text is not kept in a summary. */
const MAX_TEXT = 120;
/** Ids of a block that were made within so many seconds are found by their range, others by their hashes. */
const NARROW_S = 5 * 86_400;

type Scalar = string | number | boolean;

/** What is known of one field of all documents of a block. */
export interface FieldSummary {
  /** Some document does not have it, or has null there. */
  absent: boolean;
  num?: [min: number, max: number];
  /** Only when all of them are plain ASCII, which every comparison orders alike. */
  text?: [min: string, max: string];
  /** Some text is not covered by `text`. */
  otherText?: true;
  /** All values, when they are few. */
  values?: Scalar[];
}

/** What is known of the documents of a block without opening it. A field that is not mentioned is in none of them. */
export interface Summary {
  readonly fields: Record<string, FieldSummary>;
  /** The range of their ids, when all are ObjectIds of a few days. */
  ids?: [min: string, max: string];
}

/** Printable ASCII. */
const PLAIN = /^[\x20-\x7e]*$/;

export function summaryOf(docs: readonly Doc[]): Summary {
  const fields: Record<string, FieldSummary> = {};
  for (const field of KEY_FIELDS) {
    const found = docs.map((doc) => doc[field]);
    const present = found.filter((value) => value !== undefined && value !== null) as Scalar[];
    if (present.length > 0) fields[field] = fieldOf(present, present.length < found.length, ID_FIELDS.has(field));
  }
  const ids = docs.map(({ _id }) => _id!);
  const range = ids.every(isObjectId) ? rangeOf(ids, compareText) : undefined;
  const seconds = (id: string): number => Number.parseInt(id.slice(0, 8), 16);
  return range && seconds(range[1]) - seconds(range[0]) < NARROW_S ? { fields, ids: range } : { fields };
}

function fieldOf(present: readonly Scalar[], absent: boolean, isId: boolean): FieldSummary {
  const summary: FieldSummary = { absent };
  if (isId) return { absent, otherText: true };
  const numbers = present.filter((value) => typeof value === 'number');
  const texts = present.filter((value) => typeof value === 'string');
  if (numbers.length > 0) summary.num = rangeOf(numbers, (a, b) => a - b);
  if (texts.every((text) => text.length <= MAX_TEXT && PLAIN.test(text))) {
    if (texts.length > 0) summary.text = rangeOf(texts, compareText);
    const values = [...new Set(present)];
    if (values.length <= LISTED) summary.values = values;
  } else summary.otherText = true;
  return summary;
}

function rangeOf<T>(values: readonly T[], compare: (a: T, b: T) => number): [T, T] {
  let min = values[0] as T;
  let max = min;
  for (const value of values) {
    if (compare(value, min) < 0) min = value;
    if (compare(value, max) > 0) max = value;
  }
  return [min, max];
}

/** What is known of the documents of two blocks together. */
export function together(a: Summary, b: Summary): Summary {
  const fields: Record<string, FieldSummary> = {};
  for (const field of new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])) {
    const [x, y] = [a.fields[field], b.fields[field]];
    fields[field] = x && y ? bothOf(x, y) : { ...(x ?? y)!, absent: true };
  }
  return a.ids && b.ids ? { fields, ids: rangeOf([...a.ids, ...b.ids], compareText) } : { fields };
}

function bothOf(a: FieldSummary, b: FieldSummary): FieldSummary {
  const summary: FieldSummary = { absent: a.absent || b.absent };
  const numbers = [...(a.num ?? []), ...(b.num ?? [])];
  if (numbers.length > 0) summary.num = rangeOf(numbers, (x, y) => x - y);
  const texts = [...(a.text ?? []), ...(b.text ?? [])];
  if (texts.length > 0) summary.text = rangeOf(texts, compareText);
  if (a.otherText || b.otherText) summary.otherText = true;
  if (a.values && b.values) {
    const values = [...new Set([...a.values, ...b.values])];
    if (values.length <= LISTED) summary.values = values;
  }
  return summary;
}
