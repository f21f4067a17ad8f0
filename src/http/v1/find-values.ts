import { parseTime } from '../../collections/times.ts';
import { Refusal } from '../../errors.ts';
import { compileRegex } from '../../storage/regex.ts';

const NUMERIC = /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/;
/** At least this many digits are an instant in ms (2001 and later), not a year or a prefix of an ISO date. */
const MILLIS = /^\d{12,14}(\.\d*)?$/;
const PATTERN = /^\/(.*)\/([gimsu]*)$/s;

/** Epoch ms of a date as apps write it, zone-less meaning UTC (LoopFollow); undefined when it is none. */
const parseInstant = (text: string): number | undefined => parseTime(text)?.mills;

/**
 * The operand of a condition on an ISO date field: UTC ISO text with ms, as such fields are stored. A short number (`2024`) stays
 * text and compares as a prefix; a number of ms is an instant.
 * @returns undefined when it is no date
 */
export function isoOperand(text: string): string | undefined {
  if (MILLIS.test(text)) return new Date(Number.parseInt(text, 10)).toISOString();
  if (NUMERIC.test(text)) return text;
  const instant = parseInstant(text);
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

/** The operand of a condition on `date`: epoch ms, cut to whole ones; a date in words is understood. Undefined when it is none. */
export function msOperand(text: string): number | undefined {
  return NUMERIC.test(text) ? Math.trunc(Number(text)) : parseInstant(text);
}

/** Leading digits, as the reference reads them; NaN when there are none. */
export const integerOperand = (text: string): number => Number.parseInt(text, 10);

/** A number with its fraction; NaN when it is none. */
export const numberOperand = (text: string): number => (NUMERIC.test(text) ? Number(text) : Number.parseFloat(text));

/**
 * `/pattern/flags` as a regular expression; undefined for plain text. Text that merely contains slashes stays text: Trio and
 * Loop call themselves `openaps://…` and `loop://…`.
 * @throws Refusal `bad-query` when the pattern cannot be compiled
 */
export function patternOperand(text: string): { $regex: string; $options?: string } | undefined {
  const [, pattern, flags = ''] = PATTERN.exec(text) ?? [];
  if (pattern === undefined) return undefined;
  const options = flags.replaceAll(/[gu]/g, '');
  compileRegex(pattern, options);
  return options === '' ? { $regex: pattern } : { $regex: pattern, $options: options };
}

/** `true` for everything but what plainly says no. */
export const existsOperand = (text: unknown): boolean => text !== 'false' && text !== '0' && text !== false;

/** @throws Refusal `bad-query`, naming what could not be read */
export function badDate(text: string): never {
  throw new Refusal('bad-query', `Cannot parse ${text.slice(0, 60)} as a valid ISO-8601 date`);
}
