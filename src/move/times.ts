import { REGISTRY } from '../collections/registry.ts';
import { parseTime } from '../collections/times.ts';
import type { Doc } from '../storage/port.ts';
import { isCollection, type MoveName } from './names.ts';

/** Instants from `from` on and before `to`, epoch ms; absent: no bound. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

const instant = (value: unknown): number | undefined => {
  if (typeof value === 'string' && /^\d{10,14}$/.test(value)) return Number(value);
  return typeof value === 'number' || typeof value === 'string' ? parseTime(value)?.mills : undefined;
};

/** When a document happened, epoch ms; undefined: it does not say. */
function timeOf(name: MoveName, { date, sysTime, created_at, startDate, dateString, mills }: Doc): number | undefined {
  const fields =
    name === 'entries'
      ? [date, sysTime, dateString]
      : name === 'profile'
        ? [startDate, created_at, date]
        : [created_at, date, mills];
  for (const field of fields) {
    const at = instant(field);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** `2026-01-31` in UTC; `no date` for a document that does not say. */
export function dayOf(name: MoveName, doc: Doc): string {
  const at = timeOf(name, doc);
  if (at === undefined) return 'no date';
  const text = new Date(at).toISOString();
  return text.slice(0, text.indexOf('T'));
}

/** When a document was changed last, epoch ms: its srvModified, else the date that stands in for it where the reference wrote it. */
export function changedAt(name: MoveName, doc: Doc): number | undefined {
  if (typeof doc.srvModified === 'number') return doc.srvModified;
  const field = isCollection(name) ? REGISTRY[name].fallbackDate : undefined;
  return field && instant(doc[field]);
}

/** True when the document lies in the range; one without a time does where there is none. */
export function isWithin(name: MoveName, doc: Doc, { from, to }: Range): boolean {
  if (from === undefined && to === undefined) return true;
  const at = timeOf(name, doc);
  return at !== undefined && (from === undefined || at >= from) && (to === undefined || at < to);
}

/**
 * Reads `--from` and `--to`: a day (`2026-01-31`) or an instant as ISO text, in UTC where no zone is written.
 * @param end whether a day is meant as its end
 * @returns epoch ms, or undefined when it cannot be read
 */
export function readBound(text: string, end: boolean): number | undefined {
  const at = parseTime(text)?.mills;
  return at !== undefined && end && /^\d{4}-\d\d-\d\d$/.test(text) ? at + 86_400_000 : at;
}
