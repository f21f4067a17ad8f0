import { describe, expect, it } from 'vitest';
import { createChecks } from '../../../src/alarms/checks/index.ts';
import { createSandbox } from '../../../src/plugins/sandbox.ts';
import { ago, MINUTE, profileWith, sgv, status, treatment } from '../../plugins/kit.ts';
import { type AlarmWorld, askedIn, currentOf, toldBy } from './kit.ts';

const profile = profileWith();
const MMOL = profileWith({ sens: 2.8, target_low: 5.6, target_high: 6.7 }, { units: 'mmol' });
const world = (mgdl: number, insulin: number, more: AlarmWorld = {}): AlarmWorld => ({
  sgvs: [sgv(mgdl, 0)],
  treatments: [treatment(30, { insulin })],
  profile,
  enable: ['bgnow', 'iob', 'bwp', 'simplealarms'],
  ...more
});
const snoozes = (given: AlarmWorld) => askedIn(given).snoozes;

describe('bwp (properties-plugins C.3)', () => {
  it('tells that it is time to bolus', () => {
    expect(toldBy('bwp', world(250, 1))).toEqual([
      {
        level: 2,
        title: 'Urgent, Check BG, time to bolus?',
        message: 'BG Now: 250 mg/dl\nBWP: 1.67U\nIOB: 0.92U',
        eventName: 'bwp',
        pushoverSound: 'updown'
      }
    ]);
    expect(snoozes(world(250, 1))).toEqual([]);
  });

  it.each([
    [180, 2],
    [190, 2]
  ])('%i mg/dl with %i U: the high alarm may wait', (mgdl, insulin) => {
    expect(snoozes(world(mgdl, insulin))).toEqual([
      {
        level: 2,
        title: 'Snoozing high alarm since there is enough IOB',
        message: `BWP: ${mgdl === 180 ? '-0.25' : '-0.05'}U\nIOB: 1.84U`,
        lengthMills: 600_000
      }
    ]);
    expect(toldBy('bwp', world(mgdl, insulin))).toEqual([]);
  });

  it.each([
    [150, 0.7],
    [90, 1],
    [179, 4]
  ])('%i mg/dl with %d U: neither', (mgdl, insulin) => {
    expect(askedIn(world(mgdl, insulin, { enable: ['bgnow', 'iob', 'bwp'] }))).toEqual({ notifies: [], snoozes: [] });
  });

  it.each([
    ['just a warning', 200, 1, {}, { level: 1, title: 'Warning, Check BG, time to bolus?', pushoverSound: 'bike' }],
    ['later limits', 250, 1, { warn: 2 }, undefined],
    ['later urgency', 250, 1, { urgent: 2 }, { level: 1 }]
  ])('%s', (_name, mgdl, insulin, bwp, alarm) => {
    expect(toldBy('bwp', world(mgdl, insulin, { extended: { bwp } }))).toEqual(alarm ? [expect.objectContaining(alarm)] : []);
  });

  it('snoozes as long and from as much as the site says', () => {
    expect(snoozes(world(190, 2, { extended: { bwp: { snoozeMins: 25 } } }))[0]?.lengthMills).toBe(1_500_000);
    expect(snoozes(world(190, 2, { extended: { bwp: { snoozeMins: 0 } } }))).toEqual([]);
    expect(snoozes(world(190, 2, { extended: { bwp: { snooze: -0.1 } } }))).toEqual([]);
  });

  it.each([
    ['mg/dl site, mmol profile', 'mg/dl', MMOL],
    ['mmol site, mmol profile', 'mmol', MMOL],
    ['mmol site, mg/dl profile', 'mmol', profile]
  ] as const)('judges alike: %s (D22)', (_name, units, given) => {
    expect(toldBy('bwp', world(250, 1, { units, profile: given }))).toEqual([
      expect.objectContaining({ level: 2, title: 'Urgent, Check BG, time to bolus?' })
    ]);
    expect(snoozes(world(180, 2, { units, profile: given }))).toHaveLength(1);
  });

  it('holds no high alarm back while a low is on its way', () => {
    // the forecast falls below the target, and a snooze would silence that too
    const falling = world(185, 3, {
      sgvs: [sgv(350, 5), sgv(185, 0)],
      enable: ['bgnow', 'ar2', 'iob', 'bwp']
    });
    expect(toldBy('ar2', falling)).toEqual([expect.objectContaining({ eventName: 'low' })]);
    expect(snoozes(falling)).toEqual([]);
    expect(snoozes({ ...falling, enable: ['bgnow', 'iob', 'bwp'] })).toHaveLength(1);
  });
});

describe('bwp without its inputs silences nothing (D21)', () => {
  const enough = { treatments: [treatment(30, { insulin: 20 })] };
  const store = (fields: Record<string, unknown>) => ({ ...enough, profile: profileWith(fields) });

  it('but with them it does', () => expect(snoozes(world(300, 20))).toHaveLength(1));

  it.each<[string, AlarmWorld]>([
    ['no profile', { ...enough, profile: undefined }],
    ['a profile that is none', { ...enough, profile: { store: 'x' } }],
    ['a profile without targets', store({ target_high: undefined })],
    ['words for numbers', store({ sens: 'much' })],
    ['sensitivity below zero', store({ sens: -50 })],
    ['absurd sensitivity', store({ sens: 1e9 })],
    ['absurd target', store({ target_high: 40_000, target_low: 39_000 })],
    ['values in mg/dl under mmol', { ...enough, profile: profileWith({}, { units: 'mmol' }) }],
    ['values in mmol under mg/dl', store({ sens: 2.8, target_low: 5.6, target_high: 6.7 })],
    ['no IOB feature', { ...enough, enable: ['bgnow', 'bwp', 'simplealarms'] }],
    ['no insulin known at all', { treatments: [], profile: profileWith({ target_high: 350, target_low: 340 }) }],
    [
      'IOB of a device that is no number',
      { treatments: [], devicestatus: [status(1, { openaps: { iob: { iob: 'lots', timestamp: ago(1) } } })] }
    ]
  ])('%s', (_name, more) => {
    const asked = askedIn(world(300, 20, more));
    expect(asked.snoozes).toEqual([]);
    expect(asked.notifies.map(({ title }) => title)).toContain('Urgent HIGH');
  });

  it('a stale reading', () => {
    expect(askedIn(world(300, 20, { sgvs: [sgv(300, 15.01)] }))).toEqual({ notifies: [], snoozes: [] });
    expect(snoozes(world(300, 20, { sgvs: [sgv(300, 15)] }))).toHaveLength(1);
  });

  it('a reading that grew stale since the preview was worked out', () => {
    const { sandbox, properties } = currentOf(world(300, 20, { sgvs: [sgv(300, 14.9)] }));
    const later = { sandbox: createSandbox({ ...sandbox, time: sandbox.time + MINUTE }), properties };
    expect(createChecks()(later, { onError: expect.unreachable }).snoozes).toEqual([]);
  });

  it('an error code', () => expect(snoozes(world(10, 20))).toEqual([]));
});
