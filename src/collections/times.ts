import { DateTime } from 'luxon';
import { Refusal } from '../errors.ts';

/** An instant as somebody wrote it down: epoch ms, and the minutes their clock stood ahead of UTC (0 when no zone was written). */
export interface WrittenTime {
  readonly mills: number;
  readonly offsetMinutes: number;
}

/** What a JS Date can hold, ms on either side of 1970. */
const MAX_MILLS = 8.64e15;
/** No way of writing a time needs more; longer text is not looked at. */
const MAX_LENGTH = 80;

const COMMON = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/i;
const LOST_PLUS = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) (\d\d:?\d\d)$/i;
const US_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:\s*([AP])\.?M\.?)?)?$/i;
const ENGLISH = /^(?:[a-z]{3,9}\.?,?\s+)?(?:[a-z]{3,9}\.?\s+\d{1,2}|\d{1,2}\s+[a-z]{3,9}\.?)\b.*\b\d{4}\b/i;
const ENGLISH_ZONE = /\d\d:\d\d(?::\d\d)?\s*(?:GMT|UTC)?\s*([+-])(\d\d):?(\d\d)\b/i;
const NAMED_ZONE = /\b(?:GMT|UTC?|Z|[ECMP][SD]T)\b/i;

/**
 * Reads a time in any of the ways the apps write it; zone-less means UTC. Numbers are epoch ms; text may be ISO 8601 (extended,
 * basic, week, ordinal; `+0200` as xDrip+ writes it; a comma or seven digits as fraction, cut to ms), `YYYY-MM-DD HH:mm:ss`,
 * `MM/DD/YYYY`, RFC 2822, or what a Date prints. A `+` that a form body turned into a space is put back.
 * Nine digits and more (`"1795329859"`) are no time: nobody can say whether they are seconds or ms.
 * @returns undefined when it cannot be read
 */
export function parseTime(value: unknown): WrittenTime | undefined {
  if (typeof value === 'number') return at(Math.trunc(value), 0);
  if (value instanceof Date) return at(value.getTime(), 0);
  if (typeof value !== 'string') return undefined;
  const text = value.length > MAX_LENGTH ? '' : value.trim();
  if (text === '') return undefined;
  return (
    parseIso(text) ?? parseIso(text.replace(LOST_PLUS, '$1+$2')) ?? parseRfc2822(text) ?? parseUsDate(text) ?? parseEnglish(text)
  );
}

/** Reads ISO 8601 text, zone-less as UTC. @returns undefined when it is none */
export function parseIso(text: string): WrittenTime | undefined {
  const parts = COMMON.exec(text);
  if (!parts)
    return text.length > MAX_LENGTH || !/^[+-]?\d{4}/.test(text) || /^\d{9,}$/.test(text)
      ? undefined
      : fromLuxon(DateTime.fromISO(text, ZONE));
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = parts;
  const offset = zone === undefined ? 0 : offsetOf(zone);
  if (offset === undefined) return undefined;
  const mills = utc(+year!, +month!, +day!, +hour, +minute, +second, thousandths(fraction));
  return mills === undefined ? undefined : at(mills - offset * 60_000, offset);
}

/** Reads RFC 2822 text (`Sat, 27 Apr 2019 02:40:00 +0200`, also `EST`). @returns undefined when it is none */
export function parseRfc2822(text: string): WrittenTime | undefined {
  return text.length > MAX_LENGTH || !/[a-z]{3}/i.test(text) ? undefined : fromLuxon(DateTime.fromRFC2822(text, ZONE));
}

/** The instant as UTC ISO text with ms. @param mills epoch ms @throws Refusal when no calendar reaches that far */
export function toIso(mills: number): string {
  if (!(Math.abs(mills) <= MAX_MILLS)) throw new Refusal('bad-document', 'Time out of range');
  return new Date(mills).toISOString();
}

const ZONE = { setZone: true, zone: 'utc' } as const;

function at(mills: number, offsetMinutes: number): WrittenTime | undefined {
  // + 0: no -0 on the wire
  return Math.abs(mills) <= MAX_MILLS ? { mills: mills + 0, offsetMinutes: offsetMinutes + 0 } : undefined;
}

const fromLuxon = (time: DateTime): WrittenTime | undefined =>
  time.isValid ? at(time.toMillis(), Math.round(time.offset)) : undefined;

const thousandths = (fraction: string): number => (fraction === '' ? 0 : +fraction.slice(0, 3).padEnd(3, '0'));

function offsetOf(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = +zone.slice(1, 3);
  const minutes = zone.length === 3 ? 0 : +zone.slice(-2);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FOUR_CENTURIES = 146_097 * 86_400_000;

/** Epoch ms of a moment in UTC, or undefined when the calendar has no such moment; 24:00 is the next midnight. */
function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number
): number | undefined {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  if (month < 1 || month > 12 || day < 1 || day > LENGTHS[month - 1]! + leap) return undefined;
  if (minute > 59 || second > 59 || hour > 24 || (hour === 24 && minute + second + ms > 0)) return undefined;
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; the calendar repeats after 400 years
  return Date.UTC(year + 400, month - 1, day, hour, minute, second, ms) - FOUR_CENTURIES;
}

function parseUsDate(text: string): WrittenTime | undefined {
  const parts = US_DATE.exec(text);
  if (!parts) return undefined;
  const [, month, day, year, hour = '0', minute = '0', second = '0', fraction = '', half] = parts;
  if (half !== undefined && (+hour < 1 || +hour > 12)) return undefined;
  const hours = half === undefined ? +hour : (+hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  const mills = utc(+year!, +month!, +day!, hours, +minute, +second, thousandths(fraction));
  return mills === undefined ? undefined : at(mills, 0);
}

/** `Sun Mar 31 11:20:00 UTC 2024` (Dexcom), `Sun Mar 31 2024 13:20:00 GMT+0200 (CEST)` (a Date printed), `Mar 31, 2024 11:20`. */
function parseEnglish(text: string): WrittenTime | undefined {
  if (!ENGLISH.test(text)) return undefined;
  const zone = ENGLISH_ZONE.exec(text);
  const offset = zone ? offsetOf(`${zone[1]}${zone[2]}${zone[3]}`) : 0;
  const mills = Date.parse(zone || NAMED_ZONE.test(text) ? text : `${text} UTC`);
  return offset === undefined || Number.isNaN(mills) ? undefined : at(mills, offset);
}
