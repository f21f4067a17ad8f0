import type { Settings } from '../config/config.ts';

interface Alarm {
  readonly level: number;
  readonly eventName?: string | undefined;
}

/** When a setting holds no number, minutes. */
const USUAL = [30];
/** Names of the settings `…Mins`, and of the switches: `[urgent, any]`. */
const SETTINGS: Readonly<Record<string, readonly [urgent: string, any: string]>> = {
  high: ['alarmUrgentHigh', 'alarmHigh'],
  low: ['alarmUrgentLow', 'alarmLow']
};

/** For how long an alarm may be snoozed, as the site's settings offer it (properties-plugins §E.7): minutes, the usual one first. */
export function snoozeChoices(settings: Settings, { level, eventName }: Alarm): readonly number[] {
  const names = SETTINGS[eventName ?? ''];
  const [urgent, any] = names ?? ['', ''];
  const name =
    names && level === 2 && settings[urgent] ? urgent : names && settings[any] ? any : level === 2 ? 'alarmUrgent' : 'alarmWarn';
  const choices = [settings[`${name}Mins`]].flat().filter((minutes) => typeof minutes === 'number' && minutes > 0) as number[];
  return choices.length > 0 ? choices : USUAL;
}
