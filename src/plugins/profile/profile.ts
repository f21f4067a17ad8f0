import type { Timed } from '../../live/live.ts';
import type { Doc } from '../../storage/port.ts';
import { textOf } from '../reading.ts';
import { MGDL_PER_MMOL, type Units } from '../units.ts';
import { type ActiveProfile, profileAt } from './profile-at.ts';
import { readRecords } from './record.ts';
import { type BasalNow, basalAt } from './temp-basal.ts';
import { type ValueName, valueAt } from './values.ts';

/** Treatment lists the engine needs cut and sorted (socket-v1 §13.6): overlapping ones shortened, ended ones dropped. */
export interface CutTreatments {
  readonly profileTreatments: readonly Timed[];
  readonly tempbasalTreatments: readonly Timed[];
  readonly combobolusTreatments: readonly Timed[];
}

/** Therapy values over time. Instants are epoch ms. */
export interface Profile {
  hasData(): boolean;
  /** The profile in force. */
  active(t: number): ActiveProfile | undefined;
  /** A value as the profile states it; undefined when there is none. */
  value(name: ValueName, t: number): number | undefined;
  /** Sensitivity or a target in mg/dl, whatever units the profile is kept in (D22). */
  glucoseValue(name: 'sens' | 'target_low' | 'target_high', t: number): number | undefined;
  /** Duration of insulin action, hours; 3 when the profile has none. */
  dia(t: number): number;
  /** Basal with temp basal and combo bolus; undefined without a scheduled rate. */
  basal(t: number): BasalNow | undefined;
}

/**
 * The profile engine over the newest profile document and the treatments that change it.
 * @param siteUnits what a profile that names no units is taken to be kept in
 */
export function createProfile(documents: readonly Doc[], cut: CutTreatments, siteUnits: Units): Profile {
  const records = readRecords(documents);
  const active = (t: number): ActiveProfile | undefined => profileAt(records, cut.profileTreatments, t);
  const value = (name: ValueName, t: number): number | undefined => {
    const profile = active(t);
    return profile && valueAt(profile, name, t);
  };
  return {
    hasData: () => records.length > 0,
    active,
    value,
    glucoseValue(name, t) {
      const profile = active(t);
      const found = profile && valueAt(profile, name, t);
      return found === undefined || unitsOf(profile, siteUnits) === 'mg/dl' ? found : found * MGDL_PER_MMOL;
    },
    dia: (t) => positive(value('dia', t)) ?? 3,
    basal(t) {
      const scheduled = value('basal', t);
      return scheduled === undefined ? undefined : basalAt(scheduled, cut.tempbasalTreatments, cut.combobolusTreatments, t);
    }
  };
}

function unitsOf(profile: ActiveProfile | undefined, siteUnits: Units): Units {
  const units = textOf(profile?.store.units) ?? profile?.record.units ?? siteUnits;
  return units.toLowerCase().includes('mmol') ? 'mmol' : 'mg/dl';
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
