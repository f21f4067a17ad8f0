import { describe, expect, it } from 'vitest';
import { profileWith, propertiesOf, sgv, treatment } from './kit.ts';

const MGDL = 18.01559;
const bwpOf = (mgdl: number, insulin: number, more = {}) =>
  propertiesOf({ profile: profileWith(), sgvs: [sgv(mgdl, 1)], treatments: [treatment(30, { insulin })], ...more }).bwp;

describe('bwp (properties-plugins C.3)', () => {
  it.each([
    { bg: 250, insulin: 1, effect: 46.1, outcome: 203.9, estimate: 1.678, display: '1.67', half: 436, hour: 268 },
    { bg: 180, insulin: 2, effect: 92.2, outcome: 87.8, estimate: -0.244, display: '-0.25', half: 51, hour: 76 },
    { bg: 190, insulin: 2, effect: 92.2, outcome: 97.8, estimate: -0.044, display: '-0.05', half: 91, hour: 96 },
    { bg: 150, insulin: 0.7, effect: 32.3, outcome: 117.7, estimate: 0, display: '0', half: undefined, hour: undefined },
    { bg: 90, insulin: 1, effect: 46.1, outcome: 43.9, estimate: -1.122, display: '-1.13', half: -124, hour: -12 }
  ])(
    '$bg mg/dl with $insulin U half an hour ago: $display U',
    ({ bg, insulin, effect, outcome, estimate, display, half, hour }) => {
      const bwp = bwpOf(bg, insulin);
      expect(bwp.effect).toBeCloseTo(effect, 1);
      expect(bwp.outcome).toBeCloseTo(outcome, 1);
      expect(bwp.bolusEstimate).toBeCloseTo(estimate, 3);
      expect(bwp).toMatchObject({ scaledSGV: bg, bolusEstimateDisplay: display, displayLine: `BWP: ${display}U` });
      expect(bwp.tempBasalAdjustment).toEqual(half === undefined ? undefined : { thirtymin: half, onehour: hour });
      expect([bwp.outcomeDisplay, bwp.effectDisplay]).toEqual([Math.round(outcome), Math.round(effect)]);
    }
  );

  it('says where it aims and whether glucose is below the target', () => {
    expect(bwpOf(250, 1)).toMatchObject({ aimTarget: 120, aimTargetString: 'above high', belowLowTarget: false });
    expect(bwpOf(90, 1)).toMatchObject({ aimTarget: 100, aimTargetString: 'below low', belowLowTarget: true });
  });

  it('mentions carbs of the last hour', () => {
    const treatments = [treatment(90, { carbs: 50 }), treatment(50, { carbs: 20 })];
    expect(bwpOf(150, 0, { treatments }).recentCarbs).toMatchObject({ carbs: 20 });
    expect(bwpOf(150, 0, { treatments: treatments.slice(0, 1) })).not.toHaveProperty('recentCarbs');
  });

  it.each([
    { name: 'no profile', more: { profile: undefined }, errors: ['Missing need a treatment profile'] },
    {
      name: 'no targets',
      more: { profile: profileWith({ target_low: undefined }) },
      errors: ['Missing sens, target_high, or target_low treatment profile fields']
    },
    { name: 'iob switched off', more: { enable: ['bgnow', 'bwp'] }, errors: ['Missing IOB property'] },
    { name: 'an error code', more: { sgvs: [sgv(10, 1)] }, errors: ["Data isn't current"] },
    { name: 'an old reading', more: { sgvs: [sgv(150, 16)] }, errors: ["Data isn't current"] }
  ])('gives no figures with $name (D21)', ({ more, errors }) => {
    const bwp = bwpOf(300, 1, more);
    expect(bwp).toMatchObject({ effect: 0, outcome: 0, bolusEstimate: 0, errors });
    expect(bwp).not.toHaveProperty('displayLine');
  });

  it.each([
    { site: 'mmol', profile: profileWith() },
    { site: 'mg/dl', profile: profileWith({ sens: 50 / MGDL, target_low: 100 / MGDL, target_high: 120 / MGDL, units: 'mmol' }) },
    { site: 'mmol', profile: profileWith({ sens: 50 / MGDL, target_low: 100 / MGDL, target_high: 120 / MGDL, units: 'mmol' }) }
  ] as const)(
    'changes nothing but the display for other units: a $site site ($profile.store.Day.units profile, D22)',
    ({ site, profile }) => {
      const bwp = bwpOf(250, 1, { units: site, profile });
      const unit = site === 'mmol' ? MGDL : 1;
      expect(bwp.bolusEstimate).toBeCloseTo(1.678, 3);
      expect(bwp.outcome * unit).toBeCloseTo(203.9, 1);
      expect(bwp.tempBasalAdjustment).toEqual({ thirtymin: 436, onehour: 268 });
      expect(bwp.aimTarget).toBe(site === 'mmol' ? 6.7 : 120);
      expect(bwp.outcomeDisplay).toBe(site === 'mmol' ? 11.3 : 204);
    }
  );
});
