import { describe, expect, it } from 'vitest';
import { calcDelta, removesReadings } from '../../src/live/delta.ts';
import type { LiveData, Sgv } from '../../src/live/live.ts';
import { NOTHING } from '../../src/live/recent.ts';

// socket-v1.md §6.3

const WINDOWS = { entriesMs: 1000, devicestatusMs: 500 };
const sgv = (_id: string, mills: number, mgdl: number, more: Partial<Sgv> = {}): Sgv => ({
  _id,
  mills,
  mgdl,
  type: 'sgv',
  ...more
});
const state = (more: Partial<LiveData>): LiveData => ({ ...NOTHING, lastUpdated: 20, ...more });
const delta = (before: Partial<LiveData>, after: Partial<LiveData>) => calcDelta(state(before), state(after), WINDOWS);

describe('delta', () => {
  it("is the reference's worked example", () => {
    const b = { _id: 'b', mills: 2 };
    const before = { sgvs: [sgv('1', 1, 100), sgv('2', 2, 110)], treatments: [{ _id: 'a', mills: 1, mgdl: 5, notes: 'x' }, b] };
    const after = {
      sgvs: [sgv('1', 1, 100, { direction: 'Flat' }), sgv('2', 2, 111), sgv('3', 3, 120)],
      treatments: [
        { _id: 'c', mills: 0 },
        { _id: 'a', mills: 1, mgdl: 6, notes: 'x' }
      ],
      food: [{ _id: 'f' }]
    };
    expect(delta(before, after)).toEqual({
      delta: true,
      lastUpdated: 20,
      sgvs: [sgv('2', 2, 111), sgv('3', 3, 120)],
      treatments: [
        { _id: 'c', mills: 0 },
        { _id: 'b', mills: 2, action: 'remove' }
      ]
    });
  });

  it('an edited treatment goes out whole, as an update', () => {
    expect(
      delta(
        { treatments: [{ _id: 'a', mills: 1, mgdl: 5, notes: 'x' }] },
        { treatments: [{ _id: 'a', mills: 1, mgdl: 5, notes: 'y' }] }
      )?.treatments
    ).toEqual([{ _id: 'a', mills: 1, mgdl: 5, notes: 'y', action: 'update' }]);
  });

  it.each<[string, Partial<LiveData>, Partial<LiveData>]>([
    ['nothing', { sgvs: [sgv('1', 1, 100)] }, { sgvs: [sgv('1', 1, 100)] }],
    ['food, activity and sizes', {}, { food: [{ _id: 'f' }], activity: [{ _id: 'a', mills: 1 }], dbstats: { dataSize: 1 } }],
    ['the direction of a reading', { sgvs: [sgv('1', 1, 100)] }, { sgvs: [sgv('1', 1, 100, { direction: 'Flat' })] }],
    ['a second reading of equal time and value', { sgvs: [sgv('1', 1, 100)] }, { sgvs: [sgv('1', 1, 100), sgv('2', 1, 100)] }],
    [
      'a status edited at an unchanged time',
      { devicestatus: [{ _id: 'd', mills: 1 }] },
      { devicestatus: [{ _id: 'd', mills: 1, pump: {} }] }
    ],
    [
      'the interpolated glucose',
      { treatments: [{ _id: 'a', mills: 1, mgdl: 5 }] },
      { treatments: [{ _id: 'a', mills: 1, mgdl: 6 }] }
    ],
    ['a profile that only was read again', { profiles: [{ _id: 'p' }] }, { profiles: [{ _id: 'p' }] }]
  ])('%s makes none', (_name, before, after) => expect(delta(before, after)).toBeUndefined());

  it('profiles go out as a whole', () => {
    expect(delta({ profiles: [{ _id: 'p' }] }, { profiles: [{ _id: 'q' }] })?.profiles).toEqual([{ _id: 'q' }]);
    expect(delta({ profiles: [{ _id: 'p' }] }, { profiles: [] })?.profiles).toEqual([]);
  });

  it('two devices reporting in the same millisecond are both told', () => {
    const [a, b] = [
      { _id: 'a', mills: 5, device: 'A' },
      { _id: 'b', mills: 5, device: 'B' }
    ];
    expect(delta({ devicestatus: [a] }, { devicestatus: [a, b] })?.devicestatus).toEqual([b]);
  });

  // D19: the reference never tells
  it.each(['sgvs', 'mbgs', 'cals', 'devicestatus'] as const)(
    'a deleted one of %s is removed, an old one leaves silently',
    (name) => {
      const [old, young] = [
        { _id: 'o', mills: 1 },
        { _id: 'y', mills: 10_000 }
      ];
      const gone = calcDelta(state({ [name]: [old, young] }), state({ [name]: [], lastUpdated: 10_400 }), WINDOWS)!;
      expect(gone[name]).toEqual([{ _id: 'y', mills: 10_000, action: 'remove' }]);
      expect(removesReadings(gone)).toBe(true);
      expect(calcDelta(state({ [name]: [old] }), state({ [name]: [], lastUpdated: 10_400 }), WINDOWS)).toBeUndefined();
    }
  );

  it('a reading moved in time leaves its old place', () => {
    expect(delta({ sgvs: [sgv('1', 1, 100)] }, { sgvs: [sgv('1', 7, 100)] })?.sgvs).toEqual([
      { _id: '1', mills: 1, action: 'remove' },
      sgv('1', 7, 100)
    ]);
  });

  it('removed treatments need no full update', () => {
    expect(removesReadings(delta({ treatments: [{ _id: 'a', mills: 1 }] }, {})!)).toBe(false);
  });

  it('compares neighbours of the same instant', () => {
    const [x, y] = [sgv('x', 5, 100), sgv('y', 9, 100)];
    expect(delta({ sgvs: [x, y] }, { sgvs: [sgv('new', 5, 100), x, y] })).toBeUndefined();
    expect(delta({ sgvs: [x, y] }, { sgvs: [x, sgv('new', 5, 100), y] })).toBeUndefined();
  });
});
