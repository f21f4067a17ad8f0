import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ago, MINUTE, profileWith, propertiesOf, status, T, treatment } from './kit.ts';

const meal = (minutes: number, carbs: number, more = {}) => treatment(minutes, { carbs, eventType: 'Meal Bolus', ...more });
const cobOf = (treatments: ReturnType<typeof treatment>[], store: Record<string, unknown> = {}) =>
  propertiesOf({ profile: profileWith(store), treatments }).cob;

describe('cob from treatments (properties-plugins C.2)', () => {
  it.each([
    [1, 40],
    [20, 40],
    [30, 36.667],
    [60, 26.667],
    [90, 16.667],
    [120, 6.667],
    [139, 0.333],
    [140, 0]
  ])('40 g after %d min: %d g', (minutes, cob) => {
    const shown = cobOf([meal(minutes, 40)]);
    expect(shown.cob).toBeCloseTo(cob, 3);
    expect(shown.decayedBy).toBe(ago(minutes - 140));
  });

  it.each([
    { name: '4 U with it, after 60 min', treatments: [meal(60, 40, { insulin: 4 })], cob: 27.333 },
    { name: '4 U with it, after 120 min', treatments: [meal(120, 40, { insulin: 4 })], cob: 7.333 },
    { name: 'two meals', treatments: [meal(60, 40), meal(30, 20)], cob: 46.667, by: -140 },
    { name: 'seconds', treatments: [meal(60 + 30.5 / 60, 33.7)], cob: 20.164 }
  ])('$name: $cob g', ({ treatments, cob, by }) => {
    const shown = cobOf(treatments);
    expect(shown.cob).toBeCloseTo(cob, 3);
    if (by !== undefined) expect(shown.decayedBy).toBe(ago(by));
  });

  it.each([
    { name: 'first meal', treatments: [meal(0.01, 100)], cob: 100 },
    { name: '8 g after 1 min', treatments: [meal(1, 8)], cob: 8 },
    { name: '8 g after 24 min', treatments: [meal(24, 8)], cob: 6 },
    { name: '8 g after 40 min', treatments: [meal(40, 8)], cob: 0 }
  ])('30 g/h, $name: $cob g', ({ treatments, cob }) => {
    expect(cobOf(treatments, { carbs_hr: 30, sens: 95, carbratio: 18 }).cob).toBeCloseTo(cob, 3);
  });

  it('prints the example of the specification', () => {
    const carbs = { _id: 'c', mills: T - 60 * MINUTE, carbs: 40 };
    const outputs = {
      decayedBy: '2024-01-01T13:20:00.000Z',
      isDecaying: 1,
      carbs_hr: 20,
      rawCarbImpact: 1.6666666666666667,
      cob: 26.666666666666664,
      lastCarbs: carbs
    };
    const expected = { ...outputs, source: 'Care Portal', treatmentCOB: outputs, display: 26.7, displayLine: 'COB: 26.7g' };
    expect(cobOf([carbs])).toEqual(expected);
  });

  it('without any profile carbs go down at 20 g an hour, so that nightguard shows a number', () => {
    expect(propertiesOf({ treatments: [meal(30, 40)] }).cob).toMatchObject({ display: 36.7, carbs_hr: 20, rawCarbImpact: 0 });
  });

  it('is empty without data, and without a rate (Loop sends 0)', () => {
    expect(propertiesOf({}).cob).toEqual({});
    expect(cobOf([])).toEqual({});
    expect(cobOf([meal(30, 40)], { carbs_hr: '0' })).toEqual({});
  });

  it('leaves out carbs that would never be absorbed', () => {
    const absurd = [meal(30, 1e300), meal(30, -40)];
    expect(cobOf([...absurd, meal(30, 40)]).cob).toBeCloseTo(36.667, 3);
    expect(cobOf([meal(30, 40)], { carbs_hr: -20 })).toEqual({});
  });

  it('has nothing on board without carbs', () => {
    expect(cobOf([treatment(5, { insulin: 1 })])).toMatchObject({ cob: 0, decayedBy: 0, lastCarbs: null, display: 0 });
  });

  it('never has less on board for more carbs', () => {
    const meals = fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 120 })), {
      minLength: 1,
      maxLength: 6
    });
    fc.assert(
      fc.property(meals, fc.nat(), fc.integer({ min: 1, max: 50 }), (list, index, more) => {
        const sorted = list.toSorted((a, b) => b[0] - a[0]);
        const grown = sorted.map(([minutes, carbs], i) => [minutes, i === index % sorted.length ? carbs + more : carbs] as const);
        const total = (pairs: readonly (readonly [number, number])[]) =>
          cobOf(pairs.map(([minutes, carbs]) => meal(minutes, carbs))).cob;
        return total(grown) >= total(sorted) - 1e-9;
      })
    );
  });
});

describe('cob from devices (properties-plugins C.2)', () => {
  const world = (...devicestatus: ReturnType<typeof status>[]) =>
    propertiesOf({ profile: profileWith(), devicestatus, treatments: [meal(60, 40)] }).cob;
  const openaps = (minutes: number, parts: Record<string, unknown>) => status(minutes, { device: 'openaps://x', openaps: parts });

  it('prints the example of the specification', () => {
    const shown = world(openaps(3, { suggested: { COB: 25, timestamp: ago(3) } }));
    expect(shown).toEqual({
      cob: 25,
      source: 'OpenAPS',
      device: 'openaps://x',
      mills: T - 180_000,
      display: 25,
      displayLine: 'COB: 25g'
    });
  });

  it.each([
    { name: 'the later of the two', suggested: 4, enacted: 2, cob: 11 },
    { name: 'the suggested one when they are of the same time', suggested: 3, enacted: 3, cob: 25 }
  ])('takes $name', ({ suggested, enacted, cob }) => {
    const parts = { suggested: { COB: 25, timestamp: ago(suggested) }, enacted: { COB: 11, timestamp: ago(enacted) } };
    expect(world(openaps(2, parts)).cob).toBe(cob);
  });

  it('reads Loop', () => {
    expect(world(status(2, { loop: { cob: { cob: 33.33, timestamp: ago(2) } } }))).toMatchObject({
      cob: 33.33,
      source: 'Loop',
      display: 33.3
    });
  });

  it('goes back to the treatments when the device spoke more than 10 minutes ago', () => {
    expect(world(openaps(11, { suggested: { COB: 25, timestamp: ago(11) } }))).toMatchObject({
      source: 'Care Portal',
      display: 26.7
    });
  });
});
