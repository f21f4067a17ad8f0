import type { CollectionName, Doc } from '../storage/port.ts';

export const DAY_MS = 86_400_000;

/** The field housekeeping goes by, and its form: epoch ms for entries, ISO text elsewhere. */
export function timeField(collection: CollectionName): { field: 'date' | 'created_at'; at: (mills: number) => string | number } {
  return collection === 'entries'
    ? { field: 'date', at: (mills) => mills }
    : { field: 'created_at', at: (mills) => new Date(mills).toISOString() };
}

/**
 * Whether every time a document names lies before an instant. One that disagrees with itself (a date in seconds, a broken
 * clock) is kept: it may be a reading of today.
 * @param before epoch ms
 */
export function isOlder(doc: Doc, before: number): boolean {
  const times = [doc.date, doc.created_at, doc.dateString, doc.startDate]
    .filter((value) => value !== undefined && value !== null)
    .map((value) => (typeof value === 'number' ? value : Date.parse(String(value))));
  return times.length > 0 && times.every((time) => time < before);
}
