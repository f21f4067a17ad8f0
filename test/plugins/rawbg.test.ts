import { describe, expect, it } from 'vitest';
import { propertiesOf, sgv, T, type World } from './kit.ts';

const cal = { _id: 'c', mills: T - 3_600_000, scale: 1, slope: 895.8571693, intercept: 34281.06876, type: 'cal' as const };

describe('rawbg (properties-plugins B.3)', () => {
  it.each([
    { display: undefined, mgdl: 108, filtered: 138944, unfiltered: 142144, raw: 111 },
    { display: 'unfiltered', mgdl: 108, filtered: 138944, unfiltered: 142144, raw: 120 },
    { display: 'filtered', mgdl: 108, filtered: 138944, unfiltered: 142144, raw: 117 },
    { display: undefined, mgdl: 10, filtered: 138944, unfiltered: 142144, raw: 120 },
    { display: undefined, mgdl: 108, filtered: 0, unfiltered: 142144, raw: 120 },
    { display: undefined, mgdl: 108, filtered: 138944, unfiltered: 0, raw: 0 }
  ])('$display, sgv $mgdl, f $filtered, u $unfiltered → $raw', ({ display, mgdl, filtered, unfiltered, raw }) => {
    const extended: World['extended'] = display ? { rawbg: { display } } : {};
    const { rawbg } = propertiesOf({ cals: [cal], sgvs: [sgv(mgdl, 1, { filtered, unfiltered, noise: 1 })], extended });
    expect(rawbg.mgdl).toBe(raw);
    expect(rawbg.displayLine).toBe(`Raw BG: ${raw} mg/dl Clean`);
  });

  it.each([
    [0, 108, '---'],
    [1, 108, 'Clean'],
    [2, 108, 'Light'],
    [3, 108, 'Medium'],
    [4, 108, 'Heavy'],
    [9, 108, '~~~'],
    [undefined, 108, '~~~'],
    [undefined, 12, 'Heavy']
  ])('noise %s at %d is %s', (noise, mgdl, label) => {
    const reading = sgv(mgdl, 1, noise === undefined ? {} : { noise });
    expect(propertiesOf({ cals: [cal], sgvs: [reading] }).rawbg.noiseLabel).toBe(label);
  });

  it('is empty without a calibration or a reading', () => {
    expect(propertiesOf({ sgvs: [sgv(100, 1)] }).rawbg).toEqual({});
    expect(propertiesOf({ cals: [cal] }).rawbg).toEqual({});
  });

  it('shows mmol/L on such a site', () => {
    const { rawbg } = propertiesOf({
      units: 'mmol',
      cals: [cal],
      sgvs: [sgv(108, 1, { filtered: 138944, unfiltered: 142144, noise: 1 })]
    });
    expect(rawbg).toMatchObject({ mgdl: 111, displayLine: 'Raw BG: 6.2 mmol/L Clean' });
  });
});
