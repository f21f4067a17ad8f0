import { describe, expect, it } from 'vitest';
import { propertiesOf, sgv, T } from './kit.ts';

describe('bgnow, delta and buckets (properties-plugins B.1; nightguard reads them)', () => {
  it.each([
    { previous: 150, now: 170, gap: 5, absolute: 20, interpolated: false, before: 150, mgdl: 20, display: '+20', mmol: '+1.1' },
    {
      previous: 120,
      now: 85,
      gap: 11,
      absolute: -35,
      interpolated: true,
      before: 100.9090909,
      mgdl: -16,
      display: '-16',
      mmol: '-0.9'
    },
    { previous: 100, now: 110, gap: 3, absolute: 10, interpolated: false, before: 100, mgdl: 10, display: '+10', mmol: '+0.5' },
    { previous: 100, now: 110, gap: 16, absolute: 10, interpolated: true, before: 106.875, mgdl: 3, display: '+3', mmol: '+0.2' }
  ])('$previous then $now after $gap min', ({ previous, now, gap, absolute, interpolated, before, mgdl, display, mmol }) => {
    const sgvs = [sgv(previous, gap), sgv(now, 0)];
    const { delta, bgnow } = propertiesOf({ sgvs });
    expect(delta).toMatchObject({ absolute, elapsedMins: gap, interpolated, mgdl, scaled: mgdl, display });
    expect(delta.mean5MinsAgo).toBeCloseTo(before, 6);
    expect(delta.times).toEqual({ recent: T, previous: sgvs[0]?.mills });
    expect(bgnow).toMatchObject({ mean: now, last: now, mills: T });
    expect(propertiesOf({ sgvs, units: 'mmol' }).delta).toMatchObject({ absolute, mgdl, display: mmol, scaled: Number(mmol) });
  });

  it('has no delta when the reading before is an error code', () => {
    const { delta, bgnow, buckets } = propertiesOf({ sgvs: [sgv(5, 5), sgv(110, 0)] });
    expect(delta).toBeUndefined();
    expect(bgnow.last).toBe(110);
    expect(buckets[1].errors[0].mgdl).toBe(5);
    expect(buckets[1]).not.toHaveProperty('isEmpty');
  });

  it('has errors but no value when the newest is an error code (nightguard clears its display)', () => {
    const { bgnow } = propertiesOf({ sgvs: [sgv(120, 20), sgv(10, 1)] });
    expect(bgnow.errors).toHaveLength(1);
    expect(bgnow).not.toHaveProperty('last');
  });

  it('takes several readings of five minutes together, newest first, and stops at the first gap', () => {
    const { bgnow, buckets, delta } = propertiesOf({ sgvs: [sgv(60, 40), sgv(100, 6), sgv(104, 2), sgv(110, 0)] });
    expect(bgnow).toMatchObject({ mean: 107, last: 110, mills: T });
    expect(bgnow.sgvs.map((s: { mgdl: number }) => s.mgdl)).toEqual([110, 104]);
    expect(buckets.map((b: { isEmpty?: boolean }) => b.isEmpty)).toEqual([undefined, undefined, true, true]);
    expect(delta).toMatchObject({ absolute: 7, elapsedMins: 6 });
  });

  it('counts 39 ("below range") neither as a reading nor as an error', () => {
    const { bgnow } = propertiesOf({ sgvs: [sgv(39, 0)] });
    expect(Object.keys(bgnow)).toEqual(['sgvs']);
  });

  it('does not look at readings of the future', () => {
    expect(propertiesOf({ sgvs: [sgv(100, 1), sgv(300, -3)] }).bgnow.last).toBe(100);
  });

  it('says nothing but empty buckets without readings', () => {
    const { bgnow, buckets, delta } = propertiesOf({});
    expect(bgnow).toEqual({});
    expect(delta).toBeUndefined();
    expect(buckets[3]).toEqual({ index: 3, fromMills: null, toMills: null, sgvs: [], isEmpty: true });
  });

  it.each([
    ['mg/dl', 100],
    ['mmol', '5.6']
  ] as const)('shows `scaled` on a %s site as %s', (units, scaled) => {
    expect(propertiesOf({ units, sgvs: [sgv(100, 0)] }).bgnow.sgvs[0].scaled).toBe(scaled);
  });
});

describe('direction (properties-plugins B.2)', () => {
  it.each([
    ['NONE', '⇼', 8700],
    ['TripleUp', '⤊', 10506],
    ['DoubleUp', '⇈', 8648],
    ['SingleUp', '↑', 8593],
    ['FortyFiveUp', '↗', 8599],
    ['Flat', '→', 8594],
    ['FortyFiveDown', '↘', 8600],
    ['SingleDown', '↓', 8595],
    ['DoubleDown', '⇊', 8650],
    ['TripleDown', '⤋', 10507],
    ['NOT COMPUTABLE', '-', 45],
    ['RATE OUT OF RANGE', '⇕', 8661],
    ['constructor', '-', 45]
  ])('%s is %s', (value, label, code) => {
    const expected = { display: null, value, label, entity: `&#${code};` };
    expect(propertiesOf({ sgvs: [sgv(100, 15, { direction: value })] }).direction).toEqual(expected);
  });

  it('is absent once the reading is older than 15 minutes', () => {
    expect(propertiesOf({ sgvs: [sgv(100, 15.01, { direction: 'Flat' })] })).not.toHaveProperty('direction');
  });
});
