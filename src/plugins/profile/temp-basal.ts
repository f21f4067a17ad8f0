import type { Timed } from '../../live/live.ts';
import { numberOf } from '../reading.ts';

/** What a pump delivers as basal at an instant, U/h. */
export interface BasalNow {
  /** Scheduled by the profile. */
  readonly basal: number;
  readonly treatment: Timed | null;
  readonly combobolustreatment: Timed | null;
  readonly tempbasal: number;
  readonly combobolusbasal: number;
  readonly totalbasal: number;
}

/**
 * Basal at `t` (epoch ms) with temporary rate and the extended part of a combo bolus.
 * @param basal scheduled rate, U/h
 * @param temps temp basals, cut so that none overlap
 */
export function basalAt(basal: number, temps: readonly Timed[], combos: readonly Timed[], t: number): BasalNow {
  const treatment = temps.find((temp) => temp.mills <= t && t <= (numberOf(temp.endmills) ?? temp.mills)) ?? null;
  const combo = combos.findLast((c) => c.mills < t && t < c.mills + (numberOf(c.duration) ?? 0) * 60_000) ?? null;
  const tempbasal = treatment ? tempRate(treatment, basal) : basal;
  const combobolusbasal = numberOf(combo?.relative) ?? 0;
  return { basal, treatment, combobolustreatment: combo, tempbasal, combobolusbasal, totalbasal: tempbasal + combobolusbasal };
}

/** Rate of a temp basal, U/h. `absolute: null` says nothing (some uploaders send it beside `percent`): it is not a stopped pump. */
export function tempRate(treatment: Timed, basal: number): number {
  const absolute = numberOf(treatment.absolute);
  if (absolute !== undefined && (numberOf(treatment.duration) ?? 0) > 0) return absolute;
  const percent = numberOf(treatment.percent);
  return percent ? (basal * (100 + percent)) / 100 : basal;
}
