import type { Doc } from '../storage/port.ts';

/** Columns that come first, in this order, where a collection has them. */
const FIRST = [
  '_id',
  'identifier',
  'type',
  'eventType',
  'date',
  'dateString',
  'created_at',
  'startDate',
  'utcOffset',
  'sgv',
  'mbg',
  'direction',
  'insulin',
  'carbs',
  'device'
];

/** The columns of a table: every field any of its documents has, the well-known ones first, then the rest by name. */
export function columnsOf(fields: ReadonlySet<string>): string[] {
  const known = FIRST.filter((field) => fields.has(field));
  return [...known, ...[...fields].filter((field) => !FIRST.includes(field)).sort()];
}

/** RFC 4180, with a line feed at the end. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;

/** A document as cells: texts and numbers as they are, lists and objects as JSON; what it lacks is empty, and so is null. */
export const cellsOf = (doc: Doc, columns: readonly string[]): string[] =>
  columns.map((column) => (Object.hasOwn(doc, column) ? cell(doc[column]) : ''));

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return harmless(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A spreadsheet would run a text that begins so as a formula, and notes are written by strangers, too. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
