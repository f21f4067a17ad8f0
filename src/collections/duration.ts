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
 * A v3 body with its duration said in all three ways: `duration` (minutes), `durationInMilliseconds`, `endmills` (epoch ms).
 * For replace and patch, in every collection; an insert stays as sent.
 * @param stored for PATCH: the stored document; absent for PUT and for a POST that replaces
 */
export function withDurations(body: Doc, stored?: Doc): Doc {
  const candidates = [body.mills, stored?.mills, body.created_at, body.date, stored?.created_at, stored?.date];
  const base = candidates.map(millsOf).find((mills) => mills !== undefined);
  if (base === undefined) return body;
  const endmills = present(body.endmills) ? finite(body.endmills) : endOf(base, body, stored);
  if (endmills === undefined || endmills < base) return body;
  const durationInMilliseconds = endmills - base;
  return {
    ...body,
    endmills: present(body.endmills) ? body.endmills : endmills,
    durationInMilliseconds,
    duration: Math.round(durationInMilliseconds / 60_000)
  };
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
