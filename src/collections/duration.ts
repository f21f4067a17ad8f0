import type { Doc } from '../storage/port.ts';
import { parseTime } from './times.ts';

/** A finite number, from a number or numeric text. */
function finite(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

const millsOf = (value: unknown): number | undefined => finite(value) ?? parseTime(value)?.mills;
const present = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * What a v3 body has to say besides, so that a duration is told in all three ways: `duration` (minutes),
 * `durationInMilliseconds`, `endmills` (epoch ms). For replace and patch, in every collection; an insert stays as sent.
 * @param stored for PATCH: the stored document; absent for PUT and for a POST that replaces
 * @returns the fields to set over the body; none when nothing is known about how long it lasts
 */
export function normalizeDuration(body: Doc, stored?: Doc): Doc {
  const candidates = [body.mills, stored?.mills, body.created_at, body.date, stored?.created_at, stored?.date];
  const base = candidates.map(millsOf).find((mills) => mills !== undefined);
  if (base === undefined) return {};
  const sent = present(body.endmills);
  const endmills = sent ? finite(body.endmills) : endOf(base, body, stored);
  if (endmills === undefined) return {};
  const end = sent ? {} : { endmills };
  if (endmills < base) return end;
  return { ...end, durationInMilliseconds: endmills - base, duration: Math.round((endmills - base) / 60_000) };
}

/** The first of body and stored document that says how long it lasts decides; a length in ms counts only when positive. */
function endOf(base: number, ...docs: (Doc | undefined)[]): number | undefined {
  for (const doc of docs) {
    if (doc && present(doc.durationInMilliseconds)) {
      const ms = finite(doc.durationInMilliseconds);
      return ms !== undefined && ms > 0 ? base + ms : undefined;
    }
    if (doc && present(doc.duration)) {
      const minutes = finite(doc.duration);
      return minutes === undefined ? undefined : base + minutes * 60_000;
    }
  }
  return undefined;
}

/**
 * A document as live state holds it: with `mills` (from `created_at`, else `sysTime`; NaN when unreadable), `duration` in minutes
 * and `endmills`, each only where missing (socket-v1 §13.2).
 */
export function withMills(doc: Doc): Doc {
  const out: Doc = { ...doc };
  if (!present(out.mills)) out.mills = millsOf(doc.created_at || doc.sysTime) ?? Number.NaN;
  const ms = finite(doc.durationInMilliseconds);
  if (ms !== undefined && ms > 0 && doc.duration === undefined) out.duration = Math.round(ms / 60_000);
  const mills = finite(out.mills);
  if (mills === undefined || present(doc.endmills)) return out;
  if (present(doc.durationInMilliseconds)) {
    if (ms !== undefined && ms > 0) out.endmills = mills + ms;
  } else if ('duration' in doc) out.endmills = mills + (finite(doc.duration) ?? 0) * 60_000;
  return out;
}
