import { createHash } from 'node:crypto';
import type { Timed } from '../../live/live.ts';
import { type Fields, numberOf, numberSetting } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';
import { mmolToMgdl, unitsLabel } from '../../plugins/units.ts';
import type { SnoozeRequest } from '../notification.ts';
import type { Check, Wish } from './check.ts';
import { glucoseAlarm } from './glucose-level.ts';
import { treatmentText } from './treatment-text.ts';
import { wordOf } from './words.ts';

const MINUTE = 60_000;
const RECENT_MS = 10 * MINUTE;
const BOLUSES: readonly unknown[] = ['Meal Bolus', 'Correction Bolus'];
/** What counts of all that a loop enters by itself. */
const OF_LOOPS: readonly unknown[] = [...BOLUSES, 'BG Check', 'Carb Correction'];

/** Somebody treated, calibrated or announced something: it is told, and alarms wait a while (properties-plugins §C.13). */
export const treatmentnotify: Check = {
  name: 'treatmentnotify',
  label: 'Treatment Notifications',
  run(sandbox) {
    const settings = sandbox.extended('treatmentnotify');
    const meter = sandbox.lastEntry(sandbox.data.mbgs);
    const treatment = sandbox.lastEntry(sandbox.data.treatments.filter((candidate) => isCandidate(candidate, settings)));
    const isRecent = (entry: { mills: number } | undefined): boolean =>
      entry !== undefined && sandbox.time - entry.mills < RECENT_MS;
    const notifies: Wish[] = [];
    if (meter && isRecent(meter)) notifies.push(calibration(meter.mgdl, sandbox));
    if (treatment && isRecent(treatment)) {
      notifies.push(isAnnouncement(treatment) ? announcement(treatment, sandbox) : notice(treatment));
    }
    return { notifies, snoozes: notifies.length > 0 && treatment ? snoozes(treatment, settings) : [] };
  }
};

/** Not what loops do by themselves all day, and no bolus too small to mention. */
function isCandidate({ eventType, enteredBy, insulin }: Timed, settings: Fields): boolean {
  if (eventType && typeof eventType !== 'string') return false;
  const isLoop = typeof enteredBy === 'string' && /^(openaps|loop):\/\//.test(enteredBy);
  if (isLoop && !OF_LOOPS.includes(eventType)) return false;
  const units = numberOf(insulin);
  return !(BOLUSES.includes(eventType) && units !== undefined && units < numberSetting(settings, 'includeBolusesOver', 0));
}

/** Also by its type: over v3 apps send announcements without the mark, and "Pump unreachable" must not snooze anything. */
function isAnnouncement(treatment: Timed): boolean {
  return Boolean(treatment.isAnnouncement) || treatment.eventType === 'Announcement';
}

/** Any last treatment, also an old one, when something is recent; announcements never. */
function snoozes(treatment: Timed, settings: Fields): SnoozeRequest[] {
  const lengthMills = numberSetting(settings, 'snoozeMins', 10) * MINUTE;
  if (isAnnouncement(treatment) || isAutomatic(treatment) || !(lengthMills > 0)) return [];
  const title = 'Snoozing alarms since there was a recent treatment';
  return [{ level: 2, title, message: treatmentText(treatment).message, lengthMills }];
}

const APPS = /^(trio|iaps|freeaps|openaps|loop|androidaps|aaps)/i;

/** What a loop did by itself (Loop, Trio, AAPS): it happens every few minutes and says nothing about somebody looking (D21). */
function isAutomatic({ automatic, isSMB, type, eventType, enteredBy, app, pumpId }: Timed): boolean {
  if (automatic === true || isSMB === true || type === 'SMB' || eventType === 'SMB') return true;
  const byApp = app !== undefined || pumpId !== undefined || (typeof enteredBy === 'string' && APPS.test(enteredBy));
  return byApp && typeof eventType === 'string' && eventType.startsWith('Temp Basal');
}

function calibration(mgdl: number, { scale, units }: Sandbox): Wish {
  return { level: 0, title: 'Calibration', message: `Meter BG: ${scale(mgdl)} ${unitsLabel(units)}`, pushoverSound: 'magic' };
}

/** An announcement made while glucose is out of range is an alarm. */
function announcement(treatment: Timed, { settings }: Sandbox): Wish {
  const mgdl = glucoseOf(treatment);
  const alarm = mgdl === undefined ? undefined : glucoseAlarm(mgdl, settings);
  const title = wordOf(treatment.eventType) ?? 'Announcement';
  return {
    level: alarm?.level ?? 0,
    title: alarm?.level === 2 ? `Urgent ${title}` : title,
    message: wordOf(treatment.notes) ?? '.',
    group: 'Announcement',
    ...(alarm ? { pushoverSound: alarm.pushoverSound } : {}),
    isAnnouncement: true
  };
}

/** Glucose of a treatment, mg/dl: its own, or that of the readings around it. */
function glucoseOf({ mgdl, mmol }: Timed): number | undefined {
  const own = numberOf(mmol);
  return numberOf(mgdl) ?? (own === undefined ? undefined : mmolToMgdl(own));
}

function notice(treatment: Timed): Wish {
  const { title, message } = treatmentText(treatment);
  const timestamp = timestampOf(treatment.timestamp);
  return {
    level: 0,
    title,
    message,
    ...(timestamp === undefined ? {} : { timestamp }),
    notifyhash: createHash('sha1')
      .update(JSON.stringify({ eventType: title, timestamp }))
      .digest('hex')
  };
}

/** As it was sent: apps write epoch ms, others a date. */
function timestampOf(value: unknown): number | string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}
