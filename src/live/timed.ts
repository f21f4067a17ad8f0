import { parseTime } from '../collections/times.ts';
import type { Doc } from '../storage/port.ts';
import type { Timed } from './live.ts';

/** Beyond this distance from 1970 (ms) there is no date. */
const MAX_TIME = 8.64e15;
const MAX_DEPTH = 100;

/**
 * Reads an instant as apps write it: epoch ms as number or digits, or a date as text.
 * @returns epoch ms, or undefined for everything that is no date (empty, NaN, year 300 000)
 */
export function instant(value: unknown): number | undefined {
  const ms = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? readText(value) : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) <= MAX_TIME ? ms : undefined;
}

const readText = (text: string): number => (/^\d{10,}$/.test(text) ? Number(text) : (parseTime(text)?.mills ?? Number.NaN));

/**
 * A number as apps write it: as number or text. Anything else is NaN; asking an object for its number could throw
 * (`{ "valueOf": 1 }` is a legal document).
 */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

/**
 * When a document happened, epoch ms: `mills`, else `created_at`, else `sysTime`, else `date` (socket-v1.md §13.2, and v3
 * documents that have only `date`).
 */
export function millsOf(doc: Doc): number | undefined {
  const own = typeof doc.mills === 'number' ? instant(doc.mills) : undefined;
  return own ?? instant(doc.created_at) ?? instant(doc.sysTime) ?? instant(doc.date);
}

/**
 * A stored document with its time worked out: `mills`, `duration` (minutes) from `durationInMilliseconds`, `endmills`.
 *
 * A permanent profile switch (duration 0) gets no `endmills`: the reference reads it apart from the others and leaves it so,
 * and it does not end.
 * @returns a new object, or undefined when the document has no time (it cannot be shown on any axis)
 */
export function timed(doc: Doc & { _id: string }): Timed | undefined {
  const mills = millsOf(doc);
  if (mills === undefined) return undefined;
  const { endmills: given, ...rest } = withAmounts(doc, 0) as Doc & { _id: string };
  const out: Timed = { ...rest, mills };
  const span = numberOf(doc.durationInMilliseconds);
  if (!('duration' in doc) && span > 0) out.duration = Math.round(span / 60_000);
  const endmills = given === undefined || given === null ? endOf(doc, mills) : numberOf(given);
  if (endmills !== undefined && Number.isFinite(endmills) && Math.abs(endmills) <= MAX_TIME) out.endmills = endmills;
  return out;
}

function endOf(doc: Doc, mills: number): number | undefined {
  if (doc.eventType === 'Profile Switch' && doc.duration === 0) return undefined;
  if (doc.durationInMilliseconds !== undefined && doc.durationInMilliseconds !== null) {
    const span = numberOf(doc.durationInMilliseconds);
    return span > 0 ? mills + span : undefined;
  }
  return 'duration' in doc ? mills + (numberOf(doc.duration) || 0) * 60_000 : undefined;
}

/** Adds `absolute` wherever there is an `amount` (a legacy name of the temp basal rate); untouched parts stay the same object. */
function withAmounts(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    if (typeof value[0] !== 'object') return value;
    const items = value.map((item) => withAmounts(item, depth + 1));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  let out = value as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) {
    if (item === null || typeof item !== 'object' || key === '__proto__') continue;
    const changed = withAmounts(item, depth + 1);
    if (changed === item) continue;
    if (out === value) out = { ...out };
    out[key] = changed;
  }
  if (Object.hasOwn(out, 'amount') && !Object.hasOwn(out, 'absolute')) out = { ...out, absolute: numberOf(out.amount) };
  return out;
}
