import type { Cal, Sgv, Timed } from './live.ts';
import { numberOf } from './timed.ts';
import { firstAfter, firstNotBefore } from './timeline.ts';

const MMOL_TO_MGDL = 18.01559;
/** Highest glucose a treatment is drawn at: 22 mmol/l. */
const MAX_MMOL = 22;
/** Readings up to this are error codes. */
const LOWEST_READING = 39;

/** What the place of a treatment on the glucose axis is worked out from. */
export interface Curve {
  readonly sgvs: readonly Sgv[];
  /** The latest calibration, when raw values stand in for error codes (feature `rawbg`); else undefined. */
  readonly rawCal: Cal | undefined;
  /** Unit of a `glucose` that says none. */
  readonly displayUnits: 'mg/dl' | 'mmol';
}

/** True when the treatment carries no glucose of its own, so its place follows the readings around it. */
export const followsCurve = (treatment: Timed): boolean => !treatment.glucose;

/**
 * Gives a treatment its place on the glucose axis (socket-v1.md §13.4): its own `glucose`, capped at 22 mmol/l, else the rounded
 * mean of the readings next to it, else 180 mg/dl.
 * @returns a new object with `mgdl` or `mmol`, and `eventType` at least `""`
 */
export function placed(treatment: Timed, curve: Curve): Timed {
  const named = treatment.eventType ? treatment : { ...treatment, eventType: '' };
  if (followsCurve(treatment)) return { ...named, mgdl: onCurve(treatment.mills, curve) };
  const glucose = numberOf(treatment.glucose);
  if (!Number.isFinite(glucose)) return named;
  const units = treatment.units || curve.displayUnits;
  if (units === 'mmol') return { ...named, mmol: Math.min(glucose, MAX_MMOL) };
  return { ...named, mgdl: Math.min(glucose, MAX_MMOL * MMOL_TO_MGDL) };
}

/** Glucose at `mills` between the readings around it, mg/dl. */
export function onCurve(mills: number, curve: Curve): number {
  const { sgvs } = curve;
  const before = search(sgvs, firstAfter(sgvs, mills) - 1, -1, curve);
  const after = search(sgvs, firstNotBefore(sgvs, mills), 1, curve);
  if (before !== undefined && after !== undefined) return Math.round((before + after) / 2);
  return before ?? after ?? 180;
}

function search(sgvs: readonly Sgv[], from: number, step: 1 | -1, curve: Curve): number | undefined {
  for (let at = from; at >= 0 && at < sgvs.length; at += step) {
    const value = glucoseOf(sgvs[at]!, curve);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** mg/dl of a reading; for an error code the raw value (properties-plugins.md §B.3) or undefined. */
function glucoseOf(sgv: Sgv, { rawCal }: Curve): number | undefined {
  if (sgv.mgdl > LOWEST_READING) return sgv.mgdl;
  if (!rawCal) return undefined;
  if (sgv.mgdl === LOWEST_READING) return sgv.mgdl;
  const { scale, intercept, slope } = rawCal;
  const raw = Math.round((numberOf(scale) * (numberOf(sgv.unfiltered) - numberOf(intercept))) / numberOf(slope));
  return Number.isFinite(raw) && raw > 0 ? raw : undefined;
}
