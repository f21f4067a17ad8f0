import type { Settings } from '../config/config.ts';
import type { Outgoing } from './provider.ts';

type Alarm = Pick<Outgoing, 'level' | 'eventName'>;

/** Snooze when a setting holds no number, minutes. */
const USUAL = 30;

/** Switches of the glucose alarms: `[urgent, any]`. */
const SWITCHES: Readonly<Record<string, readonly [string, string]>> = {
  high: ['alarmUrgentHigh', 'alarmHigh'],
  low: ['alarmUrgentLow', 'alarmLow']
};

/**
 * Whether an alarm is to leave the house (properties-plugins §E.7): always, but for highs and lows that are switched off; an urgent
 * one passes by either switch.
 */
export function isAlarmEnabled(settings: Settings, { level, eventName }: Alarm): boolean {
  const switches = SWITCHES[eventName ?? ''];
  if (!switches) return true;
  return Boolean(settings[switches[1]] || (level === 2 && settings[switches[0]]));
}

/** The first of the snooze choices for an alarm (properties-plugins §E.7), minutes. */
export function snoozeMinutes(settings: Settings, { level, eventName }: Alarm): number {
  const switches = SWITCHES[eventName ?? ''];
  const name = switches
    ? level === 2 && settings[switches[0]]
      ? switches[0]
      : settings[switches[1]]
        ? switches[1]
        : undefined
    : undefined;
  const choices = settings[`${name ?? (level === 2 ? 'alarmUrgent' : 'alarmWarn')}Mins`];
  const first = (Array.isArray(choices) ? choices : [choices]).find((minutes) => typeof minutes === 'number' && minutes > 0);
  return typeof first === 'number' ? first : USUAL;
}
