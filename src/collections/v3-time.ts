import { parseIso, parseRfc2822, type WrittenTime } from './times.ts';

/** 2000-01-01T00:00:00Z; a smaller number means seconds, an earlier time is none. */
const MIN_TIME = 946_684_800_000;
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
