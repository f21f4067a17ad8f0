import { type Iob, iobOf } from './iob.ts';
import type { Plugin } from './plugin.ts';
import { numberOf } from './reading.ts';
import type { Sandbox } from './sandbox.ts';
import { MGDL_PER_MMOL, roundBg, roundInsulin } from './units.ts';

const HOUR = 60 * 60_000;

/** Bolus wizard preview: where glucose ends once the insulin on board has worked. Glucose figures in the site's units. */
export interface Bwp {
  readonly effect: number;
  readonly outcome: number;
  /** U; below zero: too much insulin on board. */
  readonly bolusEstimate: number;
  readonly bolusEstimateDisplay?: string;
  readonly outcomeDisplay?: number;
  readonly displayLine?: string;
  /** Why there is no preview; then every figure above is 0 and means nothing. */
  readonly errors?: readonly string[];
}

/** The preview, worked out in mg/dl whatever units site and profile use (D22) and converted at the end. */
export const bwp: Plugin = {
  name: 'bwp',
  offers: ['bwp'],
  compute(sandbox) {
    const sgv = sandbox.lastSgv();
    const iob = iobOf(sandbox);
    const scaledSGV = sgv && sandbox.scale(sgv.mgdl);
    const errors = obstacles(sandbox, iob);
    if (errors.length > 0 || !sgv) return { bwp: { effect: 0, outcome: 0, bolusEstimate: 0, scaledSGV, errors } };
    return { bwp: preview(sandbox, sgv.mgdl, iob?.iob ?? 0) };
  }
};

/** The `bwp` property as computed before in this cycle. */
export function bwpOf(sandbox: Sandbox): Bwp | undefined {
  return sandbox.properties.bwp as Bwp | undefined;
}

function obstacles(sandbox: Sandbox, iob: Partial<Iob> | undefined): string[] {
  const { profile, time } = sandbox;
  const sgv = sandbox.lastSgv();
  const fields = ['sens', 'target_high', 'target_low'] as const;
  const errors: string[] = [];
  if (!profile.hasData()) errors.push('Missing need a treatment profile');
  else if (fields.some((name) => !profile.value(name, time))) {
    errors.push('Missing sens, target_high, or target_low treatment profile fields');
  }
  if (!iob) errors.push('Missing IOB property');
  if (!sgv || !(sgv.mgdl >= 39) || !sandbox.isCurrent(sgv)) errors.push("Data isn't current");
  return errors;
}

function preview(sandbox: Sandbox, mgdl: number, iob: number): Record<string, unknown> {
  const { profile, time, units, data } = sandbox;
  const sens = profile.glucoseValue('sens', time) ?? 1;
  const high = profile.glucoseValue('target_high', time) ?? 0;
  const low = profile.glucoseValue('target_low', time) ?? 0;
  const effect = iob * sens;
  const outcome = mgdl - effect;
  const shown = (value: number): number => (units === 'mmol' ? value / MGDL_PER_MMOL : value);
  let bolusEstimate = 0;
  let aim = {};
  if (outcome > high) {
    bolusEstimate = (outcome - high) / sens;
    aim = { aimTarget: target(shown(high), sandbox), aimTargetString: 'above high' };
  } else if (outcome < low) {
    bolusEstimate = -Math.abs(outcome - low) / sens;
    aim = { aimTarget: target(shown(low), sandbox), aimTargetString: 'below low' };
  }
  const recentCarbs = data.treatments.findLast((t) => (numberOf(t.carbs) ?? 0) > 0 && t.mills <= time && time - t.mills <= HOUR);
  const bolusEstimateDisplay = roundInsulin(bolusEstimate);
  return {
    effect: shown(effect),
    outcome: shown(outcome),
    bolusEstimate,
    scaledSGV: sandbox.scale(mgdl),
    iob,
    ...(recentCarbs ? { recentCarbs } : {}),
    belowLowTarget: mgdl < low,
    ...aim,
    ...tempBasal(bolusEstimate, profile.value('basal', time)),
    bolusEstimateDisplay,
    outcomeDisplay: roundBg(shown(outcome), units),
    displayIOB: roundInsulin(iob),
    effectDisplay: roundBg(shown(effect), units),
    displayLine: `BWP: ${bolusEstimateDisplay}U`
  };
}

/** A target as the person wrote it, not as twice converted. */
function target(value: number, sandbox: Sandbox): number {
  return sandbox.units === 'mmol' ? roundBg(value, 'mmol') : Math.round(value * 10) / 10;
}

/** Percentages of the scheduled basal that would give the same insulin within half an hour or an hour. */
function tempBasal(estimate: number, basal: number | undefined): Record<string, unknown> {
  if (estimate === 0 || !basal) return {};
  const half = basal / 2;
  const thirtymin = Math.round(((half + estimate) / half) * 100);
  const onehour = Math.round(((basal + estimate) / basal) * 100);
  return { tempBasalAdjustment: { thirtymin, onehour } };
}
