import { describe, expect, it } from 'vitest';
import { sgv } from '../../plugins/kit.ts';
import { toldBy } from './kit.ts';

const told = (before: number, now: number, gap: number, more: Record<string, unknown> = {}, age = 0) =>
  toldBy('ar2', { sgvs: [sgv(before, gap + age), sgv(now, age)], ...more });

describe('ar2 (properties-plugins B.4)', () => {
  const worked = [
    [150, 170, 5, { level: 1, eventName: 'high', title: 'Warning, HIGH predicted', pushoverSound: 'climb' }],
    [140, 200, 5, { level: 2, eventName: 'high', title: 'Urgent, HIGH', pushoverSound: 'persistent' }],
    [90, 80, 5, { level: 1, eventName: 'low', title: 'Warning, LOW', pushoverSound: 'falling' }],
    [90, 83, 5, { level: 1, eventName: 'low', title: 'Warning, LOW predicted', pushoverSound: 'falling' }],
    [120, 85, 5, { level: 2, eventName: 'low', title: 'Urgent, LOW predicted', pushoverSound: 'persistent' }],
    [120, 85, 11, { level: 1, eventName: 'low', title: 'Warning, LOW predicted', pushoverSound: 'falling' }]
  ] as const;

  it.each(worked)('%i → %i in %i minutes', (before, now, gap, alarm) => {
    expect(told(before, now, gap)).toEqual([expect.objectContaining(alarm)]);
    expect(told(before, now, gap, { units: 'mmol' })).toEqual([expect.objectContaining(alarm)]);
  });

  it.each([
    [100, 105],
    [120, 120],
    [39, 45]
  ])('%i → %i is nothing to tell', (before, now) => expect(told(before, now, 5)).toEqual([]));

  it('tells the forecast along', () => {
    const sgvs = [sgv(150, 5), sgv(170, 0, { direction: 'FortyFiveUp' })];
    expect(toldBy('ar2', { sgvs, enable: ['bgnow', 'direction', 'ar2'] })).toEqual([
      {
        level: 1,
        title: 'Warning, HIGH predicted',
        message: 'BG Now: 170 +20 ↗ mg/dl\nBG 15m: 206 mg/dl',
        eventName: 'high',
        pushoverSound: 'climb',
        debug: { forecast: { avgLoss: expect.closeTo(0.066415, 6), predicted: '186, 198, 206, 212, 216, 218' } }
      }
    ]);
  });

  it('says to check, without a sound, when alarms of that kind are off', () => {
    const [alarm] = told(150, 170, 5, { settings: { alarmHigh: false } });
    expect(alarm).toMatchObject({ level: 1, title: 'Warning, Check BG predicted', eventName: '' });
    expect(alarm).not.toHaveProperty('pushoverSound');
  });

  it('alarms until the reading is older than ten minutes', () => {
    expect(told(150, 170, 5, {}, 10)).toHaveLength(1);
    expect(told(150, 170, 5, {}, 10.01)).toEqual([]);
  });

  it('is silent without a second reading', () => expect(toldBy('ar2', { sgvs: [sgv(300, 0)] })).toEqual([]));
});
