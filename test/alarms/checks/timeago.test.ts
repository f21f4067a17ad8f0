import { describe, expect, it } from 'vitest';
import { sgv } from '../../plugins/kit.ts';
import { toldBy } from './kit.ts';

const told = (minutes: number, settings: Record<string, unknown> = {}, enableAlerts: unknown = true) =>
  toldBy('timeago', { sgvs: [sgv(100, minutes)], settings, extended: { timeago: { enableAlerts } } });

describe('timeago (properties-plugins B.7)', () => {
  it.each([
    [1, undefined],
    [15, undefined],
    [15.01, 1],
    [30, 1],
    [30.01, 2],
    [47 * 60, 2]
  ])('%d minutes', (minutes, level) => {
    expect(told(minutes).map((alarm) => alarm.level)).toEqual(level === undefined ? [] : [level]);
  });

  it('tells since when', () => {
    expect(told(20)).toEqual([
      {
        level: 1,
        title: 'Stale data, check rig?',
        message: 'Last received: 20 mins ago\nBG Now: 100 mg/dl',
        eventName: 'timeago',
        group: 'Time Ago',
        pushoverSound: 'echo',
        debug: { value: 20, label: 'mins ago', shortLabel: 'm' }
      }
    ]);
    expect(told(8 * 24 * 60)[0]?.message).toBe('Last received: long ago\nBG Now: 100 mg/dl');
  });

  it.each([
    ['TIMEAGO_ENABLE_ALERTS off', 40, {}, false, []],
    ['TIMEAGO_ENABLE_ALERTS not set', 40, {}, null, []],
    ['urgent off', 40, { alarmTimeagoUrgent: false }, true, [1]],
    ['warning off', 20, { alarmTimeagoWarn: false }, true, []],
    ['warning off, urgent on', 40, { alarmTimeagoWarn: false }, true, [2]],
    ['other minutes, as text from the environment', 26, { alarmTimeagoUrgentMins: '25' }, true, [2]],
    ['other minutes, as number', 11, { alarmTimeagoWarnMins: 10 }, true, [1]],
    ['minutes that are none', 20, { alarmTimeagoWarnMins: 'soon', alarmTimeagoUrgentMins: '' }, true, [1]]
  ])('%s', (_name, minutes, settings, alerts, levels) => {
    expect(told(minutes, settings, alerts).map((alarm) => alarm.level)).toEqual(levels);
  });

  it('is silent without a reading that lies in the past', () => {
    expect(toldBy('timeago', { extended: { timeago: { enableAlerts: true } } })).toEqual([]);
    expect(told(-30)).toEqual([]);
  });
});
