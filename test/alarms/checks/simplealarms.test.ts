import { describe, expect, it } from 'vitest';
import { sgv } from '../../plugins/kit.ts';
import { askedIn, toldBy } from './kit.ts';

const told = (mgdl: number, settings: Record<string, unknown> = {}, minutes = 1, units: 'mg/dl' | 'mmol' = 'mg/dl') =>
  toldBy('simplealarms', { sgvs: [sgv(mgdl, minutes)], settings, units });

describe('simplealarms (properties-plugins B.5)', () => {
  const urgentHigh = { level: 2, title: 'Urgent HIGH', eventName: 'high', pushoverSound: 'persistent' };
  const high = { level: 1, title: 'Warning HIGH', eventName: 'high', pushoverSound: 'climb' };
  const urgentLow = { level: 2, title: 'Urgent LOW', eventName: 'low', pushoverSound: 'persistent' };
  const low = { level: 1, title: 'Warning LOW', eventName: 'low', pushoverSound: 'falling' };

  const bounds = [
    [400, urgentHigh],
    [261, urgentHigh],
    [260, high],
    [181, high],
    [180, undefined],
    [120, undefined],
    [80, undefined],
    [79, low],
    [55, low],
    [54, urgentLow],
    [40, urgentLow],
    // the sensor's word for "below its range": the reference stays silent at the worst low there is
    [39, urgentLow],
    [38, undefined],
    [10, undefined]
  ] as const;

  it.each(bounds)('%i mg/dl', (mgdl, alarm) => {
    expect(told(mgdl)).toEqual(alarm ? [expect.objectContaining(alarm)] : []);
  });

  it.each(bounds)('%i mg/dl alarms alike on a site that shows mmol/L (D22)', (mgdl, alarm) => {
    expect(told(mgdl, {}, 1, 'mmol')).toEqual(alarm ? [expect.objectContaining(alarm)] : []);
  });

  it.each([
    ['alarmUrgentHigh', 300, [high]],
    ['alarmHigh', 200, []],
    ['alarmUrgentLow', 50, [low]],
    ['alarmLow', 70, []]
  ] as const)('%s off, %i mg/dl', (name, mgdl, expected) => {
    expect(told(mgdl, { [name]: false })).toEqual(expected.map((alarm) => expect.objectContaining(alarm)));
  });

  it('asks what clients have captured (socket-v1 9.4)', () => {
    const world = { sgvs: [sgv(300, 6), sgv(310, 1, { direction: 'SingleUp' })], enable: ['bgnow', 'direction', 'simplealarms'] };
    expect(askedIn(world)).toEqual({
      notifies: [
        {
          ...urgentHigh,
          message: 'BG Now: 310 +10 ↑ mg/dl',
          plugin: { name: 'simplealarms', label: 'Simple Alarms', pluginType: 'notification', enabled: true },
          debug: { lastSGV: 310, thresholds: { bgHigh: 260, bgTargetTop: 180, bgTargetBottom: 80, bgLow: 55 } }
        }
      ],
      snoozes: []
    });
  });

  it('alarms up to, not at, ten minutes', () => {
    expect(told(300, {}, 9.99)).toHaveLength(1);
    expect(told(300, {}, 10)).toEqual([]);
  });

  it('looks at the last reading only, and at none from the future', () => {
    expect(toldBy('simplealarms', { sgvs: [sgv(50, 6), sgv(100, 1)] })).toEqual([]);
    expect(toldBy('simplealarms', { sgvs: [sgv(50, 1), sgv(100, -1)] })).toHaveLength(1);
    expect(toldBy('simplealarms', {})).toEqual([]);
  });

  it('alarms on what is left when one threshold is no number', () => {
    const thresholds = { bgHigh: Number.NaN, bgTargetTop: 180, bgTargetBottom: 80, bgLow: 55 };
    expect(told(300, { thresholds })).toEqual([expect.objectContaining(high)]);
  });
});
