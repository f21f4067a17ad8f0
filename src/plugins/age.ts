import type { Timed } from '../live/live.ts';
import { type Level, NONE } from './level.ts';
import { type Fields, numberOf, numberSetting, textOf } from './reading.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Hours at which somebody should think of it, act, or is late. */
export interface AgeLimits {
  readonly info: number;
  readonly warn: number;
  readonly urgent: number;
}

/** Words of an age's notifications. */
export interface AgeTexts {
  readonly title: string;
  readonly messages: Readonly<Record<0 | 1 | 2, string>>;
  readonly group: string;
}

/** Time since the last treatment of a kind: whole hours in all, and as days with hours. */
export interface Age {
  readonly age: number;
  readonly treatmentDate: number;
  readonly days: number;
  readonly hours: number;
  readonly notes: unknown;
  /** Minutes beyond the whole hours. */
  readonly minFractions: number;
}

/** Age of the newest of `treatments` at `time` (epoch ms); undefined without any. */
export function ageOf(treatments: readonly Timed[], time: number): Age | undefined {
  const latest = treatments.reduce<Timed | undefined>(
    (a, b) => (b.mills <= time && b.mills >= (a?.mills ?? -Infinity) ? b : a),
    undefined
  );
  if (!latest) return undefined;
  const age = Math.floor((time - latest.mills) / HOUR);
  const days = Math.floor(age / 24);
  const minFractions = Math.floor((time - latest.mills) / MINUTE) - age * 60;
  return { age, treatmentDate: latest.mills, days, hours: age - days * 24, notes: latest.notes, minFractions };
}

/** Limits from a feature's settings. */
export function limitsFrom(settings: Fields, defaults: AgeLimits): AgeLimits {
  return {
    info: numberSetting(settings, 'info', defaults.info),
    warn: numberSetting(settings, 'warn', defaults.warn),
    urgent: numberSetting(settings, 'urgent', defaults.urgent)
  };
}

/** How pressing an age is; a limit left undefined is never reached. */
export function levelOfAge(age: number, limits: Partial<AgeLimits>): Level {
  if (age >= (limits.urgent ?? Infinity)) return 2;
  if (age >= (limits.warn ?? Infinity)) return 1;
  return age >= (limits.info ?? Infinity) ? 0 : NONE;
}

/** The notification of an age: only within 20 minutes of the hour in which its level begins, and only when alerts are on. */
export function ageNotification(
  age: Age,
  level: Level,
  limits: AgeLimits,
  settings: Fields,
  texts: AgeTexts
): Fields | undefined {
  if (!settings.enableAlerts || level < 0 || age.minFractions > 20) return undefined;
  const begins = level === 2 ? limits.urgent : level === 1 ? limits.warn : limits.info;
  if (age.age !== begins) return undefined;
  const message = texts.messages[level as 0 | 1 | 2];
  return { title: texts.title, message, pushoverSound: level === 2 ? 'persistent' : 'incoming', level, group: texts.group };
}

/** `2d2h`; below a day `5h`. */
export function daysAndHours({ age, days, hours }: Age): string {
  return `${age >= 24 ? `${days}d` : ''}${hours}h`;
}

/** Treatments whose event type contains a word, or is it (`exact`). */
export function ofType(treatments: readonly Timed[], eventType: string, exact = false): Timed[] {
  return treatments.filter((t) => (exact ? t.eventType === eventType : textOf(t.eventType)?.includes(eventType)));
}

/** Is that setting (default `fallback`) the word `days`? */
export function showsDays(settings: Fields, fallback: 'hours' | 'days'): boolean {
  return (
    (numberOf(settings.display) === undefined && typeof settings.display === 'string' ? settings.display : fallback) === 'days'
  );
}
