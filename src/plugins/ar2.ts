import { bgNowOf, deltaOf } from './bgnow.ts';
import { URGENT, WARN } from './level.ts';
import type { Plugin } from './plugin.ts';
import type { Sandbox } from './sandbox.ts';
import { mmolText, unitsLabel } from './units.ts';

const REFERENCE_BG = 140;
const MIN = 36;
const MAX = 400;
/** Autoregressive coefficients: next = 1.716 · now − 0.723 · before, on the logarithm of glucose. */
const NOW = 1.716;
const BEFORE = -0.723;
const STEPS = 6;
const STEP_MS = 5 * 60_000;
/** Keeps the points apart from the readings on a chart. */
const OFFSET_MS = 2000;
const WARN_LOSS = 0.05;
const URGENT_LOSS = 0.1;

/** A forecast of half an hour; `avgLoss` says how bad it would be. */
interface Ar2 {
  readonly forecast: { readonly predicted: readonly Point[]; readonly avgLoss: number };
  readonly level?: 1 | 2;
  readonly eventName?: 'high' | 'low' | '';
  readonly displayLine?: string;
}

interface Point {
  readonly mills: number;
  readonly mgdl: number;
  readonly color: 'cyan';
  readonly scaled: number | string;
}

/** Where glucose will be in half an hour if it goes on like this. */
export const ar2: Plugin = {
  name: 'ar2',
  offers: ['ar2'],
  compute: (sandbox) => ({ ar2: forecast(sandbox) })
};

function forecast(sandbox: Sandbox): Ar2 {
  const now = bgNowOf(sandbox);
  const before = deltaOf(sandbox)?.mean5MinsAgo;
  if (now?.mean === undefined || now.mills === undefined || now.mean < MIN || !before || !(before > 0)) {
    return { forecast: { predicted: [], avgLoss: 0 } };
  }
  const values = predict(before, now.mean);
  const scaled = (mgdl: number): number | string => (sandbox.units === 'mmol' ? mmolText(mgdl) : mgdl);
  const start = now.mills + OFFSET_MS;
  const predicted = values.map(
    (mgdl, index): Point => ({ mills: start + (index + 1) * STEP_MS, mgdl, color: 'cyan', scaled: scaled(mgdl) })
  );
  // The reference divides the six losses by five; its thresholds are tuned to that.
  const avgLoss = values.reduce((sum, mgdl) => sum + Math.log10(mgdl / 120) ** 2, 0) / 5;
  return {
    forecast: { predicted, avgLoss },
    ...event(avgLoss, values[3] ?? 0, sandbox),
    displayLine: `BG 15m: ${predicted[2]?.scaled} ${unitsLabel(sandbox.units)}`
  };
}

/** Six points five minutes apart, whole mg/dl, from the glucose five minutes ago and now. */
function predict(before: number, now: number): number[] {
  let previous = Math.log(before / REFERENCE_BG);
  let current = Math.log(now / REFERENCE_BG);
  return Array.from({ length: STEPS }, () => {
    [previous, current] = [current, NOW * current + BEFORE * previous];
    return Math.min(MAX, Math.max(MIN, Math.round(REFERENCE_BG * Math.exp(current))));
  });
}

function event(avgLoss: number, inTwenty: number, { settings }: Sandbox): Pick<Ar2, 'level' | 'eventName'> {
  if (!(avgLoss > WARN_LOSS)) return {};
  const level = avgLoss > URGENT_LOSS ? URGENT : WARN;
  const { bgTargetTop, bgTargetBottom } = settings.thresholds;
  if (inTwenty > bgTargetTop && settings.alarmHigh) return { level, eventName: 'high' };
  return { level, eventName: inTwenty < bgTargetBottom && settings.alarmLow ? 'low' : '' };
}
