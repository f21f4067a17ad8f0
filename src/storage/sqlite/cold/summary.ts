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

/** A summary that may be added to by {@link absorb}, of one block so far. */
export function copyOf({ fields, ids }: Summary): Summary {
  const copied = Object.entries(fields).map(([name, field]) => [name, copyOfField(field)] as const);
  return { fields: Object.fromEntries(copied), ...(ids && { ids: [...ids] }) };
}

const copyOfField = (field: FieldSummary): FieldSummary => ({
  ...field,
  ...(field.num && { num: [...field.num] }),
  ...(field.text && { text: [...field.text] }),
  ...(field.values && { values: [...field.values] })
});

/**
 * Makes of what is known of some blocks what is known of them and one more. In place: a start does it for every block there is.
 * @param into made by {@link copyOf}
 */
export function absorb(into: Summary, more: Summary): void {
  for (const name in into.fields) if (!(name in more.fields)) into.fields[name]!.absent = true;
  for (const name in more.fields) {
    const known = into.fields[name];
    if (known) absorbField(known, more.fields[name]!);
    else into.fields[name] = { ...copyOfField(more.fields[name]!), absent: true };
  }
  if (into.ids && more.ids) widen(into.ids, more.ids);
  else delete into.ids;
}

function absorbField(into: FieldSummary, more: FieldSummary): void {
  if (more.absent) into.absent = true;
  if (more.otherText) into.otherText = true;
  if (into.num && more.num) widen(into.num, more.num);
  else if (more.num) into.num = [...more.num];
  if (into.text && more.text) widen(into.text, more.text);
  else if (more.text) into.text = [...more.text];
  if (!into.values) return;
  const values = more.values && [...into.values, ...more.values.filter((value) => !into.values!.includes(value))];
  if (values && values.length <= LISTED) into.values = values;
  else delete into.values;
}

/** Numbers, or plain text, which JavaScript orders as SQLite does. */
function widen<T extends number | string>(range: [T, T], [min, max]: readonly [T, T]): void {
  if (min < range[0]) range[0] = min;
  if (max > range[1]) range[1] = max;
}
