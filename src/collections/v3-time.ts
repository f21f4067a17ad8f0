import type { Doc } from '../storage/port.ts';
import { parseIso, parseRfc2822, toIso, type WrittenTime } from './times.ts';

/** 2000-01-01T00:00:00Z; a smaller number means seconds, an earlier time is none. */
export const MIN_TIME = 946_684_800_000;
const MAX_TIME = 8.64e15;
const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * Reads a time as v3 does: numbers and numeric text are epoch ms, or seconds when that would be before 2000; other text is
 * ISO 8601 (zone-less: UTC) or RFC 2822. Of an array the first that can be read.
 * @returns undefined when it cannot be read or lies before 2000
 */
export function parseV3Time(value: unknown): WrittenTime | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const time = Array.isArray(item) ? undefined : parseV3Time(item);
      if (time) return time;
    }
    return undefined;
  }
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string' || value === '') return undefined;
  if (NUMERIC.test(value)) return fromNumber(Number(value));
  const time = parseIso(value.trim()) ?? parseRfc2822(value.trim());
  return time && time.mills >= MIN_TIME ? time : undefined;
}

/** The reference adds the zone of its own process here; ours is always UTC. */
function fromNumber(value: number): WrittenTime | undefined {
  const mills = Math.trunc(value < MIN_TIME ? value * 1000 : value);
  return mills >= MIN_TIME && mills <= MAX_TIME ? { mills, offsetMinutes: 0 } : undefined;
}

/**
 * The times of a body sent to v3 CREATE or UPDATE: the first of `date` and `created_at` that can be read sets `date` (epoch ms),
 * `created_at` (UTC) and, where it is missing, `utcOffset` (minutes). If neither can, the body stays as it is.
 * @param createdAtFallback API3_CREATED_AT_FALLBACK_ENABLED; off: v3 neither reads nor stores `created_at`
 */
export function withV3Times(body: Doc, createdAtFallback = true): Doc {
  const time = parseV3Time(body.date) ?? (createdAtFallback ? parseV3Time(body.created_at) : undefined);
  if (!time) return body;
  const { created_at: _, ...rest } = body;
  return {
    ...rest,
    date: time.mills,
    utcOffset: body.utcOffset ?? time.offsetMinutes,
    ...(createdAtFallback && { created_at: toIso(time.mills) })
  };
}
