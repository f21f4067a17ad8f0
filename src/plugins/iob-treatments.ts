import type { Timed } from '../live/live.ts';
import { numberOf } from './reading.ts';

const MINUTE = 60_000;

/** Insulin on board from treatments; `iob` in U with three decimals. */
export interface TreatmentIob {
  readonly iob: number;
  readonly activity: number;
  /** The last treatment that still adds something. */
  readonly lastBolus: Timed | null;
  readonly source: string;
}

/**
 * Adds up what every dose has left at `time` (epoch ms).
 * @param dia duration of insulin action, hours
 * @param sens sensitivity, glucose per U
 */
export function treatmentIob(treatments: readonly Timed[], time: number, dia: number, sens: number): TreatmentIob {
  let total = 0;
  let activity = 0;
  let lastBolus: Timed | null = null;
  for (const treatment of treatments) {
    const insulin = numberOf(treatment.insulin);
    if (!insulin || !(treatment.mills <= time)) continue;
    const dose = doseAt(insulin, (time - treatment.mills) / MINUTE, dia, sens);
    if (dose.iob > 0) lastBolus = treatment;
    total += dose.iob;
    activity += dose.activity;
  }
  // Adding zero turns the -0 of a tail just below zero into 0.
  return { iob: Math.round(total * 1000) / 1000 + 0, activity, lastBolus, source: 'Care Portal' };
}

/**
 * One dose after a number of minutes: two parabolas for what is left and a triangle for its activity, on a curve of 180 minutes
 * with its peak at 75 that is stretched to the duration of action.
 */
export function doseAt(insulin: number, minutes: number, dia: number, sens: number): { iob: number; activity: number } {
  const m = (3 / dia) * minutes;
  if (m < 75) {
    const x = m / 5 + 1;
    return { iob: insulin * (1 - 0.001852 * x * x + 0.001852 * x), activity: sens * insulin * (2 / dia / 60 / 75) * m };
  }
  if (m < 180) {
    const x = (m - 75) / 5;
    return {
      iob: insulin * (0.001323 * x * x - 0.054233 * x + 0.55556),
      activity: sens * insulin * (2 / dia / 60 - ((m - 75) * 2) / dia / 60 / 105)
    };
  }
  return { iob: 0, activity: 0 };
}
