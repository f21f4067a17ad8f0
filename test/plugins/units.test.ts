import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayBg, mmolText, mmolToMgdl, roundBg, roundInsulin, scaleMgdl } from '../../src/plugins/units.ts';

describe('units (properties-plugins A.2)', () => {
  it.each([
    [100, '5.6'],
    [180, '10.0'],
    [39, '2.2'],
    [0, '0.0']
  ])('%d mg/dl is %s mmol/L', (mgdl, text) => expect(mmolText(mgdl)).toBe(text));

  it.each([
    [5.5, 99],
    [10, 180]
  ])('%d mmol/L is %d mg/dl', (mmol, mgdl) => expect(mmolToMgdl(mmol)).toBe(mgdl));

  it.each([
    [0, '0'],
    [0.004, '0.00'],
    [1.005, '1.00'],
    [2.345, '2.34'],
    [-0.244, '-0.25'],
    [-0.001, '-0.01'],
    [4.62, '4.62'],
    [10, '10.00']
  ])('%d U is shown as %s, floored', (units, text) => expect(roundInsulin(units)).toBe(text));

  it.each([
    [39, 'mg/dl', 'LOW'],
    [401, 'mmol', 'HIGH'],
    [40, 'mg/dl', 40],
    [40, 'mmol', 2.2]
  ] as const)('%d on a %s site is displayed as %s', (mgdl, units, shown) => expect(displayBg(mgdl, units)).toBe(shown));

  it('rounds a shown value to one decimal in mmol/L and to whole mg/dl', () => {
    expect([roundBg(5.649, 'mmol'), roundBg(203.9, 'mg/dl')]).toEqual([5.6, 204]);
  });

  it('never shows more insulin than there is', () => {
    fc.assert(fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (units) => Number(roundInsulin(units)) <= units + 1e-9));
  });

  it('shows mmol/L within half a tenth of the value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (mgdl) => Math.abs(scaleMgdl(mgdl, 'mmol') - mgdl / 18.01559) < 0.0501)
    );
  });
});
