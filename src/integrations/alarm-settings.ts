import { snoozeChoices } from '../alarms/snooze-choices.ts';
import type { Settings } from '../config/config.ts';
import type { Outgoing } from './provider.ts';

type Alarm = Pick<Outgoing, 'level' | 'eventName'>;

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

/** The first of the snooze choices for an alarm, minutes. */
export const snoozeMinutes = (settings: Settings, alarm: Alarm): number => snoozeChoices(settings, alarm)[0]!;
