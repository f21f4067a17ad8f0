import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timed } from '../../src/live/live.ts';
import { predictionsOf } from '../../src/plugins/predictions.ts';
import { ago, HOUR, MINUTE, status, T } from './kit.ts';

// D24, GAP-PLUGIN-002: Loop and oref tell the same thing in two forms, and every reader had to know both
const shown = (devicestatus: Timed[], hours = 6) => predictionsOf(devicestatus, T, hours * HOUR);
const loop = (minutes: number, values: unknown, startDate: unknown = ago(minutes + 1), device = 'loop://iPhone') =>
  status(minutes, { device, loop: { timestamp: ago(minutes), predicted: { startDate, values } } });
const oref = (minutes: number, openaps: Record<string, unknown>, device = 'openaps://phone') =>
  status(minutes, { device, openaps });

describe('one shape', () => {
  it('for Loop', () => {
    const uploaded = loop(4, [127, 128.2, 130.9], '2024-01-01T11:55:00Z');
    expect(shown([uploaded])).toEqual([
      {
        source: 'loop',
        device: 'loop://iPhone',
        created_at: ago(4),
        mills: T - 4 * MINUTE,
        start: T - 5 * MINUTE,
        interval: 300_000,
        curves: [{ label: 'predicted', values: [127, 128.2, 130.9] }]
      }
    ]);
  });

  it('for AAPS, whose names of curves stay', () => {
    const predBGs = { IOB: [133, 127], ZT: [133, 121], UAM: [133, 140], COB: [133, 150], aCOB: [133, 155] };
    const [first] = shown([
      oref(3, { suggested: { timestamp: ago(4), predBGs }, enacted: { timestamp: ago(4), received: true } })
    ]);
    expect(first).toMatchObject({ source: 'openaps', device: 'openaps://phone', start: T - 4 * MINUTE, interval: 300_000 });
    expect(Object.fromEntries(first!.curves.map(({ label, values }) => [label, values]))).toEqual(predBGs);
  });

  it('for the single list of old rigs', () => {
    const [first] = shown([oref(3, { enacted: { timestamp: ago(4), predBGs: [120, 118] } })]);
    expect(first?.curves).toEqual([{ label: 'predicted', values: [120, 118] }]);
  });

  it.each<[string, Record<string, unknown>, number[]]>([
    ['suggested is newer', { suggested: part(2, [1]), enacted: part(9, [2]) }, [1]],
    ['enacted is newer', { suggested: part(9, [1]), enacted: part(2, [2]) }, [2]],
    ['of the same time: the one acted upon', { suggested: part(2, [1]), enacted: part(2, [2]) }, [2]],
    ['only the older one predicts', { suggested: { timestamp: ago(1) }, enacted: part(9, [2]) }, [2]],
    ['mills goes before timestamp', { suggested: { ...part(9, [1]), mills: T }, enacted: part(2, [2]) }, [1]],
    ['rigs that send a list of insulin forecasts', { iob: [{ iob: 1 }], suggested: part(2, [1]) }, [1]]
  ])('oref: %s', (_name, openaps, values) => {
    expect(shown([oref(1, openaps)])[0]?.curves).toEqual([{ label: 'IOB', values }]);
  });

  function part(minutes: number, IOB: number[]) {
    return { timestamp: ago(minutes), predBGs: { IOB } };
  }

  it('a start without a zone is UTC, whatever the zone of the server', () => {
    expect(shown([loop(4, [100], '2024-01-01T11:55:00')])[0]?.start).toBe(T - 5 * MINUTE);
  });

  it('without a start the time of the decision counts, then that of the status', () => {
    expect(shown([loop(4, [100], null)])[0]?.start).toBe(T - 4 * MINUTE);
    expect(shown([status(7, { loop: { predicted: { values: [100] } } })])[0]).toMatchObject({
      start: T - 7 * MINUTE,
      device: null
    });
  });

  it('leaves the upload as it is', () => {
    const uploaded = oref(3, { suggested: { timestamp: ago(4), predBGs: { IOB: ['120', 118, null] } } });
    const before = structuredClone(uploaded);
    shown([uploaded]);
    expect(uploaded).toEqual(before);
  });
});

describe('which ones', () => {
  it('the newest of each device, newest first', () => {
    const list = shown([
      loop(20, [1]),
      oref(12, { suggested: { timestamp: ago(12), predBGs: { IOB: [3] } } }),
      loop(9, [2]),
      oref(11, { suggested: { timestamp: ago(11), predBGs: { IOB: [4] } } }, 'Trio')
    ]);
    expect(list.map(({ device, curves }) => [device, curves[0]?.values[0]])).toEqual([
      ['loop://iPhone', 2],
      ['Trio', 4],
      ['openaps://phone', 3]
    ]);
  });

  it('by when they start, not by when they were uploaded: a status that comes late hides nothing', () => {
    expect(shown([loop(9, [2], ago(9)), loop(1, [1], ago(30))])[0]?.curves[0]?.values).toEqual([2]);
  });

  it('a status without a prediction hides none', () => {
    expect(shown([loop(9, [2]), status(1, { device: 'loop://iPhone', loop: { failureReason: 'no data' } })])).toHaveLength(1);
  });

  it.each<[string, Timed, boolean]>([
    ['a clock five minutes fast', loop(-5, [1], ago(-5)), true],
    ['a start further ahead', loop(1, [1], ago(-6)), false],
    ['a status further ahead', loop(-6, [1], ago(1)), false],
    ['six hours old', loop(359, [1], ago(360)), true],
    ['older', loop(359, [1], ago(361)), false],
    ['an old decision uploaded again', oref(1, { enacted: { timestamp: ago(400), predBGs: { IOB: [1] } } }), false]
  ])('%s', (_name, uploaded, is) => {
    expect(shown([uploaded])).toHaveLength(is ? 1 : 0);
  });

  it('as far back as asked', () => {
    const list = [loop(90, [1])];
    expect([shown(list, 1).length, shown(list, 2).length]).toEqual([0, 1]);
  });
});

describe('what cannot be read', () => {
  it.each<[string, unknown, number[]]>([
    ['numbers as text are numbers', [120, '118.5'], [120, 118.5]],
    ['a gap ends the curve: what follows would stand at the wrong time', [120, null, 110], [120]],
    ['no number ends it', [120, 'high', 110], [120]],
    ['neither does a list', [120, [119], 110], [120]]
  ])('%s', (_name, values, readable) => {
    expect(shown([loop(4, values)])[0]?.curves).toEqual([{ label: 'predicted', values: readable }]);
  });

  it.each<[string, Timed]>([
    ['no values', loop(4, [])],
    ['values that are no list', loop(4, { 0: 120 })],
    ['nothing readable', loop(4, [null, 120])],
    ['a start that is no date', loop(4, [120], 'noon')],
    ['an empty start', loop(4, [120], '')],
    ['loop is text', status(4, { loop: 'looping' })],
    ['predBGs is text', oref(4, { suggested: { timestamp: ago(4), predBGs: 'none' } })],
    ['a time nobody can read', oref(4, { suggested: { timestamp: {}, predBGs: { IOB: [120] } } })],
    ['openaps is a list', status(4, { openaps: [{ suggested: { predBGs: [1] } }] })]
  ])('%s: no prediction', (_name, uploaded) => {
    expect(shown([uploaded])).toEqual([]);
  });

  it('one bad curve does not take the others with it', () => {
    const predBGs = { IOB: 'x', COB: [120], ZT: [Number.NaN, 1], moment: ago(1) };
    expect(shown([oref(4, { suggested: { timestamp: ago(4), predBGs } })])[0]?.curves).toEqual([{ label: 'COB', values: [120] }]);
  });

  const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true });
  const time = fc.oneof(fc.integer({ min: T - HOUR, max: T + HOUR }), fc.constant(ago(3)), anything);
  const predicting = fc.record({
    timestamp: time,
    mills: time,
    predBGs: fc.oneof(fc.dictionary(fc.string(), anything), anything)
  });
  const hostile = fc.record({
    mills: fc.oneof(fc.double(), time),
    device: anything,
    created_at: time,
    loop: fc.oneof(
      fc.record({ timestamp: time, predicted: fc.record({ startDate: time, values: fc.array(anything) }) }),
      anything
    ),
    openaps: fc.oneof(fc.record({ suggested: predicting, enacted: predicting }), anything)
  });

  it('never throws, and gives nothing but numbers in the window', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (list) => {
        for (const { start, mills, created_at, curves } of shown(list as unknown as Timed[])) {
          expect([start, mills].every((at) => at >= T - 6 * HOUR && at <= T + 5 * MINUTE)).toBe(true);
          expect(created_at).toBeTypeOf('string');
          expect(curves.length).toBeGreaterThan(0);
          for (const { values } of curves) expect(values.length > 0 && values.every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 500 }
    );
  });
});
