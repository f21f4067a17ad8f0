import { describe, expect, it } from 'vitest';
import { derived, runtimeData } from '../../src/live/derived.ts';
import type { LiveData, Timed } from '../../src/live/live.ts';
import { NOTHING } from '../../src/live/recent.ts';

// socket-v1.md §13.6

const MIN = 60_000;
let id = 0;
const at = (minutes: number, eventType: string, more = {}): Timed => ({
  _id: `${id++}`,
  eventType,
  mills: minutes * MIN,
  ...more
});
const of = (...treatments: Timed[]) => derived({ treatments });

describe('derived treatment lists', () => {
  it('sorts by kind', () => {
    const names = ['Site Change', 'Insulin Change', 'Pump Battery Change', 'Sensor Start', 'Sensor Stop', 'Combo Bolus', 'Note'];
    const lists = of(...names.map((name, i) => at(i, name)));
    expect(Object.entries(lists).map(([name, list]) => [name, list.map((t: Timed) => t.eventType)])).toEqual([
      ['sitechangeTreatments', ['Site Change']],
      ['insulinchangeTreatments', ['Insulin Change']],
      ['batteryTreatments', ['Pump Battery Change']],
      ['sensorTreatments', ['Sensor Start', 'Sensor Stop']],
      ['profileTreatments', []],
      ['combobolusTreatments', ['Combo Bolus']],
      ['tempbasalTreatments', []],
      ['tempTargetTreatments', []]
    ]);
  });

  it('a temp basal ends where the next begins or where one is cancelled', () => {
    const lists = of(
      at(0, 'Temp Basal', { duration: 60 }),
      at(20, 'Temp Basal Start', { duration: 30 }),
      at(30, 'Temp Basal End')
    );
    expect(lists.tempbasalTreatments.map(({ mills, duration, endmills }) => [mills, duration, endmills])).toEqual([
      [0, 20, 20 * MIN],
      [20 * MIN, 10, 30 * MIN]
    ]);
  });

  it('the first of two at one instant counts, and the treatments stay as they are', () => {
    const first = at(0, 'Temp Basal', { duration: 60, rate: 1 });
    const lists = of(first, at(0, 'Temp Basal', { duration: 60, rate: 2 }), at(30, 'Temp Basal', { duration: 0 }));
    expect(lists.tempbasalTreatments).toEqual([{ ...first, duration: 30, endmills: 30 * MIN }]);
    expect(first.duration).toBe(60);
  });

  it('a profile switch says what cut it', () => {
    const lists = of(
      at(0, 'Profile Switch', { profile: 'A', duration: 0 }),
      at(20, 'Profile Switch', { profile: 'B', duration: 60 }),
      at(40, 'Profile Switch', { profile: 'C', duration: 0 })
    );
    expect(
      lists.profileTreatments.map(({ profile, duration, cuttedby, cutting }) => ({ profile, duration, cuttedby, cutting }))
    ).toEqual([
      { profile: 'A', duration: 0 },
      { profile: 'B', duration: 20, cuttedby: 'C' },
      { profile: 'C', duration: 0, cutting: 'B' }
    ]);
  });

  it('targets are in mg/dl', () => {
    const target = (more: object) => of(at(0, 'Temporary Target', { duration: 10, ...more })).tempTargetTreatments[0];
    expect(target({ targetTop: 6, targetBottom: 5, units: 'mmol' })).toMatchObject({
      targetTop: 6 * 18.01559,
      targetBottom: 5 * 18.01559,
      units: 'mg/dl'
    });
    expect(target({ targetTop: 6, targetBottom: 100 })?.targetTop).toBeCloseTo(108.09, 2);
    expect(target({ targetTop: 120, targetBottom: 100 })).toMatchObject({ targetTop: 120, targetBottom: 100 });
    expect(of(at(0, 'Temporary Target', { duration: 0 })).tempTargetTreatments).toEqual([]);
  });

  it('are worked out once per state', () => {
    const state = { treatments: [at(0, 'Temp Basal', { duration: 5 })] };
    expect(derived(state).tempbasalTreatments).toBe(derived(state).tempbasalTreatments);
  });

  it('the whole runtime data set has the members of §13.1', () => {
    const data: LiveData = {
      ...NOTHING,
      lastUpdated: 7,
      activity: [
        { _id: 'a', mills: 1000, heartrate: 60 },
        { _id: 'b', mills: 1500, heartrate: 61 }
      ]
    };
    const shown = runtimeData(data);
    expect(Object.keys(shown)).toEqual([
      'sgvs',
      'treatments',
      'mbgs',
      'cals',
      'profiles',
      'devicestatus',
      'food',
      'activity',
      'dbstats',
      'lastUpdated',
      'entries',
      'lastProfileFromSwitch',
      'sitechangeTreatments',
      'insulinchangeTreatments',
      'batteryTreatments',
      'sensorTreatments',
      'profileTreatments',
      'combobolusTreatments',
      'tempbasalTreatments',
      'tempTargetTreatments'
    ]);
    expect(JSON.parse(JSON.stringify(shown.activity))).toEqual([{ mills: '1970-01-01T00:00:01.000Z', heartrate: 60 }]);
  });
});
