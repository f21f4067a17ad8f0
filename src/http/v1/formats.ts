import accepts from 'accepts';
import type { Request } from 'express';
import type { Doc, Stored } from '../../storage/port.ts';

/** The representations of the entries family, in the order that decides when a caller does not care: curl users get TSV. */
const TYPES = ['text/plain', 'text/tab-separated-values', 'text/csv', 'application/json'] as const;

/** One of {@link TYPES}. */
export type Format = (typeof TYPES)[number];

/** What the caller asks for by `Accept` (a path extension stands there, too); JSON when nothing fits. */
export function negotiate(req: Request): Format {
  const [type] = [accepts(req).types([...TYPES])].flat();
  return (TYPES as readonly unknown[]).includes(type) ? (type as Format) : 'application/json';
}

/** The columns of the text forms, for every record type. */
const COLUMNS = ['dateString', 'date', 'sgv', 'direction', 'device'] as const;

/** One line: each cell is the JSON text of its value, a missing one is empty, `null` is `""`. */
export function line(doc: Doc, separator: string): string {
  return COLUMNS.map((column) => {
    const value = doc[column];
    return value === undefined ? '' : value === null ? '""' : JSON.stringify(value);
  }).join(separator);
}

/** A list of documents as JSON text, `toJson` making each. */
export async function* jsonChunks(
  batches: AsyncIterable<readonly Stored[]>,
  toJson: (stored: Stored) => string
): AsyncIterable<string> {
  let open = '[';
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    yield `${open}${batch.map(toJson).join(',')}`;
    open = ',';
  }
  yield open === '[' ? '[]' : ']';
}

/** Lines joined by CRLF, none at the end. */
export async function* lineChunks(
  batches: AsyncIterable<readonly Stored[]>,
  toDoc: (stored: Stored) => Doc,
  separator: string
): AsyncIterable<string> {
  let between = '';
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    yield `${between}${batch.map((stored) => line(toDoc(stored), separator)).join('\r\n')}`;
    between = '\r\n';
  }
}
