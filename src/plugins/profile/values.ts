import { DateTime } from 'luxon';
import { isFields, numberOf } from '../reading.ts';
import type { ActiveProfile } from './profile-at.ts';

/** A therapy value that may change over the day. */
export type ValueName = 'dia' | 'sens' | 'carbratio' | 'carbs_hr' | 'target_low' | 'target_high' | 'basal';

const MINUTE = 60_000;

/**
 * A value of the active profile at `t` (epoch ms), in the profile's own units; undefined when it holds none.
 * A percentage switch (`CircadianPercentageProfile`) makes the basal larger and the factors smaller by its percentage.
 */
export function valueAt(active: ActiveProfile, name: ValueName, t: number): number | undefined {
  const value = scheduled(active.store[name], () => secondsOfDay(Math.round(t / MINUTE) * MINUTE, active.store.timezone));
  if (value === undefined || !active.byTreatment?.CircadianPercentageProfile) return value;
  const percentage = numberOf(active.byTreatment.percentage);
  if (percentage === undefined || percentage <= 0) return value;
  if (name === 'basal') return (value * percentage) / 100;
  return name === 'sens' || name === 'carbratio' ? (value * 100) / percentage : value;
}

/** A single value, or the one in force at that second of the day. Before the first of the day yesterday's last still holds. */
function scheduled(value: unknown, secondsNow: () => number): number | undefined {
  if (!Array.isArray(value)) return numberOf(value);
  const entries = value.filter(isFields);
  const seconds = secondsNow();
  const entry = entries.findLast((candidate) => (startOf(candidate) ?? 0) <= seconds) ?? entries.at(-1);
  return numberOf(entry?.value);
}

/** Seconds after midnight from `"HH:MM"`, or as the client worked them out. */
function startOf(entry: Readonly<Record<string, unknown>>): number | undefined {
  const match = typeof entry.time === 'string' ? /^\s*(\d{1,2}):(\d{1,2})/.exec(entry.time) : null;
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 : numberOf(entry.timeAsSeconds);
}

/** What a clock on the wall in that zone shows, in seconds: a pump's schedule follows the wall clock, also on the two long days. */
export function secondsOfDay(t: number, timezone: unknown): number {
  const local = DateTime.fromMillis(t, { zone: zoneOf(timezone) });
  return local.hour * 3600 + local.minute * 60 + local.second;
}

/** A zone luxon knows, or the server's. */
function zoneOf(timezone: unknown): string {
  return typeof timezone === 'string' && timezone !== '' && DateTime.fromMillis(0, { zone: timezone }).isValid
    ? timezone
    : 'local';
}
