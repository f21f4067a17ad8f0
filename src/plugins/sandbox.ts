import type { Settings } from '../config/config.ts';
import type { LiveData, Sgv } from '../live/live.ts';
import { type CutTreatments, createProfile, type Profile } from './profile/profile.ts';
import { type Fields, fieldsOf } from './reading.ts';
import { mmolText, scaleMgdl, type Units } from './units.ts';

/** A reading as the answers show it: with `scaled`, a number in mg/dl, one-decimal text in mmol/L. */
export type ScaledSgv = Sgv & { readonly scaled: number | string };

/** What a sandbox is made from. */
export interface SandboxInput {
  /** The instant everything is computed for, epoch ms. */
  readonly time: number;
  readonly data: LiveData;
  readonly cut: CutTreatments;
  readonly settings: Settings;
  readonly extendedSettings: Readonly<Record<string, Fields>>;
  readonly state: 'booting' | 'loaded';
}

/** What a plugin sees: everything known at `time`, nothing to change. Glucose is mg/dl, instants are epoch ms. */
export interface Sandbox extends SandboxInput {
  readonly units: Units;
  readonly profile: Profile;
  /** What the plugins before gave. */
  readonly properties: Readonly<Record<string, unknown>>;
  enabled(feature: string): boolean;
  /** Settings of one feature (`PUMP_WARN_RES` is `warnRes` of `pump`). */
  extended(feature: string): Fields;
  /** The last by order of those not in the future. */
  lastEntry<T extends { mills: number }>(list: readonly T[]): T | undefined;
  lastSgv(): Sgv | undefined;
  /** At most 15 minutes old. */
  isCurrent(entry: { mills: number } | undefined): boolean;
  /** The reading with its `scaled` value. */
  scaled(sgv: Sgv): ScaledSgv;
  /** mg/dl as the site shows it. */
  scale(mgdl: number): number;
}

const CURRENT_MS = 15 * 60_000;

/** A view of the live data at one instant. Holds no state; making one costs next to nothing. */
export function createSandbox(input: SandboxInput): Sandbox {
  const { time, data, settings } = input;
  const units: Units = settings.units;
  const lastEntry = <T extends { mills: number }>(list: readonly T[]): T | undefined =>
    list.findLast((entry) => entry.mills <= time);
  return {
    ...input,
    units,
    profile: createProfile(data.profiles, input.cut, units),
    properties: {},
    enabled: (feature) => settings.enable.includes(feature),
    extended: (feature) => fieldsOf(input.extendedSettings[feature]),
    lastEntry,
    lastSgv: () => lastEntry(data.sgvs),
    isCurrent: (entry) => entry !== undefined && time - entry.mills <= CURRENT_MS,
    scaled: (sgv) => ({ ...sgv, scaled: units === 'mmol' ? mmolText(sgv.mgdl) : sgv.mgdl }),
    scale: (mgdl) => scaleMgdl(mgdl, units)
  };
}
