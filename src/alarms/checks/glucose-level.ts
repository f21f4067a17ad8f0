import type { Settings } from '../../config/config.ts';
import type { Wish } from './check.ts';
import { isOn } from './words.ts';

/** What a glucose value is worth telling. */
export type GlucoseAlarm = Required<Pick<Wish, 'title' | 'eventName'>> & {
  readonly level: 1 | 2;
  readonly pushoverSound: string;
};

/**
 * Holds a glucose value against the thresholds, all in mg/dl: the same glucose alarms alike whatever units the site shows (D22).
 * Each level has its switch; with the urgent one off, the warning takes over.
 * @returns undefined within the target range
 */
export function glucoseAlarm(mgdl: number, settings: Settings): GlucoseAlarm | undefined {
  const { bgHigh, bgTargetTop, bgTargetBottom, bgLow } = settings.thresholds;
  if (mgdl > bgHigh && isOn(settings.alarmUrgentHigh)) {
    return { level: 2, title: 'Urgent HIGH', eventName: 'high', pushoverSound: 'persistent' };
  }
  if (mgdl > bgTargetTop && isOn(settings.alarmHigh)) {
    return { level: 1, title: 'Warning HIGH', eventName: 'high', pushoverSound: 'climb' };
  }
  if (mgdl < bgLow && isOn(settings.alarmUrgentLow)) {
    return { level: 2, title: 'Urgent LOW', eventName: 'low', pushoverSound: 'persistent' };
  }
  if (mgdl < bgTargetBottom && isOn(settings.alarmLow)) {
    return { level: 1, title: 'Warning LOW', eventName: 'low', pushoverSound: 'falling' };
  }
  return undefined;
}
