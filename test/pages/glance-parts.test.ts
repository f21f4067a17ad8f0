import { describe, expect, it } from 'vitest';
import { browserModule } from './browser-module.ts';

// what the page at / makes of the answers, for every app and every gap in them

interface Pill {
  name: string;
  value: string;
  note?: string;
  level?: string;
}
const { onBoard, looping, devices } =
  await browserModule<Record<'onBoard' | 'looping' | 'devices', (state: object) => Pill[]>>('pills');
const { inForce } = await browserModule<{ inForce(state: object): Pill[] }>('in-force');
const { basalOf } = await browserModule<{
  basalOf(data: object, options: object): { at: number; rate?: number; planned?: number }[];
}>('basal');
const { currentCurves } = await browserModule<{ currentCurves(predictions: unknown, now: number): { label: string }[] }>(
  'chart-predictions'
);

const NOW = Date.parse('2026-11-23T12:00:00Z');
const MINUTE = 60_000;
const ago = (minutes: number): string => new Date(NOW - minutes * MINUTE).toISOString();
const settings = { units: 'mg/dl', timeFormat: 24 };
const state = (properties: object, more: object = {}) => ({
  properties,
  now: NOW,
  status: { settings, extendedSettings: {} },
  data: { treatments: [], profiles: [] },
  ...more
});

describe('pills', () => {
  it('what is not known is left out', () => {
    const nothing = { iob: {}, cob: {}, pump: { data: { clock: null } }, upbat: { display: '?%', devices: {} } };
    const more = { cage: { found: false, display: 'n/a ' }, sage: { 'Sensor Start': { found: false }, min: 'Sensor Start' } };
    const lost = { loop: { lastLoop: null, display: { code: 'warning' } }, openaps: { status: { code: 'warning' } } };
    for (const pills of [onBoard, looping, devices]) {
      expect(pills(state({}))).toEqual([]);
      expect(pills(state({ ...nothing, ...more, ...lost }))).toEqual([]);
    }
  });

  it('insulin and carbs on board are marked when their device has not spoken for a while', () => {
    const iob = { display: '1.24', mills: NOW - 3 * MINUTE };
    expect(onBoard(state({ iob }))[0]).toMatchObject({ name: 'IOB', value: '1.24 U' });
    expect(onBoard(state({ iob }))[0]).not.toHaveProperty('level');
    expect(onBoard(state({ iob: { ...iob, mills: NOW - 16 * MINUTE } }))[0]).toMatchObject({ level: 'warn', note: '16 min ago' });
    expect(onBoard(state({ cob: { display: 0 } }))[0]).toMatchObject({ name: 'COB', value: '0 g' });
  });

  it.each([
    ['enacted', 4, 4, 'Enacted', undefined],
    ['recommendation', 4, 4, 'Recommends', undefined],
    ['error', 4, 9, 'Error', 'warn'],
    ['warning', 16, 16, 'Not looping', 'warn'],
    ['warning', 31, 31, 'Not looping', 'warn'],
    ['warning', 61, 61, 'Not looping', 'urgent'],
    ['error', 1, undefined, 'Error', 'urgent']
  ])('Loop: %s, last %s min ago, well %s min ago', (code, last, okay, value, level) => {
    const loop = {
      lastLoop: { moment: ago(last) },
      lastOkMoment: okay === undefined ? null : ago(okay),
      display: { code, label: 'x' }
    };
    expect(looping(state({ loop }))).toEqual([{ name: 'Loop', value, note: `${last} min ago`, level }]);
  });

  it('Loop says why it failed, and the limits are those of the settings', () => {
    const loop = { lastLoop: { moment: ago(20), failureReason: 'no pod' }, lastOkMoment: ago(25), display: { code: 'error' } };
    const status = { settings, extendedSettings: { loop: { warn: 10, urgent: 20 } } };
    expect(looping(state({ loop }, { status }))[0]).toMatchObject({ level: 'urgent', note: '20 min ago, no pod' });
  });

  it('pump: reservoir and battery, suspended and stale are said', () => {
    const data = {
      level: -3,
      clock: { value: ago(3), level: -3 },
      reservoir: { display: '50+ U' },
      battery: { display: '60%' },
      status: { display: 'normal' }
    };
    expect(devices(state({ pump: { data } }))[0]).toMatchObject({ value: '50+ U · 60 %', note: '', level: undefined });
    const suspended = { ...data, status: { display: 'suspended' } };
    expect(devices(state({ pump: { data: suspended } }))[0]).toMatchObject({ note: 'suspended', level: 'warn' });
    const old = { ...data, level: 2, title: 'URGENT: Pump data stale', clock: { value: ago(70), level: 2 } };
    expect(devices(state({ pump: { data: old } }))[0]).toMatchObject({
      level: 'urgent',
      note: 'URGENT: Pump data stale, 70 min ago'
    });
  });

  it('ages', () => {
    const sage = { min: 'Sensor Change', 'Sensor Change': { found: true, days: 6, hours: 20, level: 1 } };
    expect(devices(state({ sage, cage: { found: true, days: 0, hours: 8, level: -3 } }))).toEqual([
      { name: 'Sensor', value: '6 d 20 h', note: 'change', level: 'warn' },
      { name: 'Site', value: '8 h', note: undefined, level: undefined }
    ]);
  });
});

describe('what is in force', () => {
  const treatment = (eventType: string, minutes: number, more: object) => ({ eventType, mills: NOW - minutes * MINUTE, ...more });
  const of = (treatments: object[], properties = {}) => inForce(state(properties, { data: { treatments, profiles: [] } }));
  const target = { targetTop: 8, targetBottom: 8, duration: 60 };

  it('a temp target in mmol/l, until it ends or is cancelled', () => {
    expect(of([treatment('Temporary Target', 20, target)])[0]).toMatchObject({ name: 'Temp target', value: '144 mg/dl' });
    expect(of([treatment('Temporary Target', 61, target)])).toEqual([]);
    expect(of([treatment('Temporary Target', 20, target), treatment('Temporary Target', 5, { duration: 0 })])).toEqual([]);
    expect(of([treatment('Temporary Target', -10, target)])).toEqual([]);
  });

  it('Loop says itself what overrides; its durations are seconds', () => {
    const override = { name: 'Run', active: true, moment: ago(30), duration: 3600, multiplier: 0.8 };
    const loop = { lastOverride: { ...override, currentCorrectionRange: { minValue: 140, maxValue: 160 } } };
    expect(of([], { loop })[0]).toMatchObject({
      name: 'Override',
      value: 'Run 80 %',
      note: expect.stringContaining('140–160 mg/dl')
    });
    expect(of([], { loop: { lastOverride: { ...override, moment: ago(61) } } })).toEqual([]);
    expect(of([], { loop: { lastOverride: { active: false, moment: ago(1) } } })).toEqual([]);
  });

  it('Trio and older Loops leave it as a treatment, some without end', () => {
    const endless = treatment('Temporary Override', 600, {
      reason: 'Sick',
      durationType: 'indefinite',
      insulinNeedsScaleFactor: 1.2
    });
    expect(of([endless])[0]).toMatchObject({ value: 'Sick 120 %', note: 'until changed' });
  });
});

describe('basal', () => {
  const HOUR = 60 * MINUTE;
  const basal = [
    { time: '00:00', value: 1 },
    { time: '13:00', value: 2 }
  ];
  const record = { defaultProfile: 'Day', store: { Day: { basal, timezone: 'ETC/GMT-1' } } };
  const at = (treatments: object[], offset: number, profiles: object[] = [record]) => {
    const from = NOW + offset;
    return basalOf({ treatments, profiles }, { from, to: from, step: MINUTE })[0];
  };
  const temp = (minutes: number, more: object) => ({ eventType: 'Temp Basal', mills: NOW - minutes * MINUTE, ...more });

  it('is planned by the clock on the wall where the profile is', () => {
    expect(at([], -MINUTE)).toMatchObject({ rate: 1, planned: 1 });
    expect(at([], 0)).toMatchObject({ rate: 2, planned: 2 });
  });
  it('runs as a temp basal says, in U/h or percent, until it ends or the next begins', () => {
    expect(at([temp(20, { absolute: 0.4, duration: 30 })], 0)).toMatchObject({ rate: 0.4, planned: 2 });
    expect(at([temp(20, { percent: -50, duration: 30 })], 0)).toMatchObject({ rate: 1 });
    expect(at([temp(40, { rate: 0, duration: 30 })], 0)).toMatchObject({ rate: 2 });
    expect(at([temp(20, { rate: 0, duration: 30 }), temp(5, { duration: 0 })], 0)).toMatchObject({ rate: 2 });
  });
  it('is not guessed where no profile is known', () => {
    expect(at([], 0, [])).toEqual({ at: NOW, rate: undefined, planned: undefined });
  });
  it('follows a switch that holds for an hour', () => {
    const json = JSON.stringify({ basal: [{ time: '00:00', value: 3 }], timezone: 'Nowhere/Such' });
    const turn = { eventType: 'Profile Switch', profile: 'Sick', profileJson: json, mills: NOW - HOUR / 2, duration: 60 };
    const values = basalOf({ treatments: [turn], profiles: [record] }, { from: NOW - HOUR, to: NOW + HOUR, step: HOUR / 2 });
    expect(values.map(({ planned }) => planned)).toEqual([1, 3, 3, 2, 2]);
  });
});

it('a prediction made a quarter of an hour ago says nothing about now', () => {
  const prediction = (minutes: number) => ({
    start: NOW - minutes * MINUTE,
    interval: 300_000,
    curves: [{ label: 'IOB', values: [1] }]
  });
  expect(currentCurves([prediction(4)], NOW)).toEqual([{ label: 'IOB', points: [{ mills: NOW - 4 * MINUTE, mgdl: 1 }] }]);
  expect(currentCurves([prediction(16)], NOW)).toEqual([]);
  expect(currentCurves([], NOW)).toEqual([]);
  expect(currentCurves(undefined, NOW)).toEqual([]);
});
