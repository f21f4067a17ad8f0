import type { Timed } from '../live/live.ts';
import { iobAt } from './iob.ts';
import { isoOf, millsOf, numberOf } from './reading.ts';
import type { Sandbox } from './sandbox.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Carbs begin to act after this many minutes. */
const DELAY = 20;
/** Insulin slows absorption only for meals that ended less than this long ago; older ones do not matter any more. */
const LOOK_BACK = 10 * HOUR;
/** Share of the insulin's activity that delays carbs, a constant of the reference's model. */
const LIVER_SENS_RATIO = 8;
/** Absorption where no profile says otherwise, g per hour: what profiles come with. */
const USUAL_RATE = 20;

/** Carbs on board from treatments, g. */
export interface TreatmentCob {
  /** When the last are absorbed, ISO; 0 without any. */
  readonly decayedBy: string | 0;
  readonly isDecaying: 0 | 1;
  readonly carbs_hr: number;
  /** Rise of glucose per minute, in the profile's units. */
  readonly rawCarbImpact: number;
  readonly cob: number;
  readonly lastCarbs: Timed | null;
}

/**
 * Carbs still to be absorbed: each meal waits for the one before it, then goes down at the profile's rate; insulin on board
 * delays its end. Undefined when the profile gives no rate (a loop that reports its own carbs on board sends rate 0).
 */
export function treatmentCob(sandbox: Sandbox): TreatmentCob | undefined {
  const { time, profile, data } = sandbox;
  const rateAt = (at: number): number | undefined => (data.profiles.length > 0 ? profile.value('carbs_hr', at) : USUAL_RATE);
  const rateNow = rateAt(time);
  if (!rateNow || rateNow < 0) return undefined;
  let end: number | undefined;
  let total = 0;
  let isDecaying: 0 | 1 = 0;
  let lastCarbs: Timed | null = null;
  for (const treatment of data.treatments) {
    const carbs = numberOf(treatment.carbs);
    const rate = rateAt(treatment.mills);
    if (!carbs || carbs < 0 || !rate || rate < 0 || !(treatment.mills < time)) continue;
    const decaying = (end !== undefined && time < end) || time > treatment.mills + DELAY * MINUTE ? 1 : 0;
    const absorbed = millsOf(absorbedBy(sandbox, treatment.mills, carbs, rate, end));
    if (absorbed === undefined) continue;
    lastCarbs = treatment;
    end = absorbed;
    const hours = (end - time) / HOUR;
    if (hours > 0) {
      total += Math.min(carbs, hours * rate);
      isDecaying = decaying;
    } else {
      total = 0;
    }
  }
  const perGram = (profile.value('sens', time) ?? 0) / (profile.value('carbratio', time) ?? 1);
  return {
    decayedBy: end === undefined ? 0 : isoOf(end),
    isDecaying,
    carbs_hr: rateNow,
    rawCarbImpact: (isDecaying * perGram * rateNow) / 60,
    cob: total,
    lastCarbs
  };
}

/** When these carbs are absorbed, epoch ms. Whole minutes are added to the time they were eaten at. */
function absorbedBy(sandbox: Sandbox, mills: number, carbs: number, rate: number, previousEnd: number | undefined): number {
  const left = previousEnd === undefined ? 0 : (previousEnd - mills) / MINUTE;
  const end = mills + Math.trunc(Math.max(DELAY, left) + (60 * carbs) / rate) * MINUTE;
  if (end <= sandbox.time - LOOK_BACK) return end;
  const { profile } = sandbox;
  const before = previousEnd === undefined ? 0 : (iobAt(sandbox, previousEnd)?.activity ?? 0);
  const activity = (before + (iobAt(sandbox, end)?.activity ?? 0)) / 2;
  const sens = profile.value('sens', mills);
  const carbratio = profile.value('carbratio', mills);
  if (!sens || !carbratio) return end;
  const delay = Math.round((((activity * LIVER_SENS_RATIO) / sens) * carbratio * 60) / rate);
  return delay > 0 ? end + delay * MINUTE : end;
}
