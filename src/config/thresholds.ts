/** Factor between mmol/l and mg/dl. */
const MGDL_PER_MMOL = 18.01559;

/** At least this is mg/dl whatever the units say: 50 mmol/l cannot be survived. */
const LOWEST_MGDL_HIGH = 50;

/** Alarm thresholds, always in mg/dl once corrected. */
export interface Thresholds {
  bgHigh: number;
  bgTargetTop: number;
  bgTargetBottom: number;
  bgLow: number;
}

/**
 * Brings thresholds to mg/dl and into an order that makes sense. All four are converted together, or (BG_HIGH from 50 up) none:
 * a site that gives only some of them in mmol keeps the others as they are, which {@link thresholdWarnings} points out.
 */
export function correctThresholds(given: Thresholds, units: 'mg/dl' | 'mmol'): Thresholds {
  const factor = units === 'mmol' && given.bgHigh < LOWEST_MGDL_HIGH ? MGDL_PER_MMOL : undefined;
  const mgdl = (value: number) => (factor ? Math.round(value * factor) : value);
  const bgTargetTop = mgdl(given.bgTargetTop);
  let bgTargetBottom = mgdl(given.bgTargetBottom);
  let bgLow = mgdl(given.bgLow);
  let bgHigh = mgdl(given.bgHigh);
  if (bgTargetBottom >= bgTargetTop) bgTargetBottom = bgTargetTop - 1;
  if (bgLow >= bgTargetBottom) bgLow = bgTargetBottom - 1;
  if (bgHigh <= bgTargetTop) bgHigh = bgTargetTop + 1;
  return { bgHigh, bgTargetTop, bgTargetBottom, bgLow };
}

const NAMES = { bgHigh: 'BG_HIGH', bgTargetTop: 'BG_TARGET_TOP', bgTargetBottom: 'BG_TARGET_BOTTOM', bgLow: 'BG_LOW' } as const;

/** Readings lie within these, mg/dl; a threshold beyond them never alarms, or always does. */
const LOWEST_READING = 39;
const HIGHEST_READING = 400;

/** Sentences about thresholds that were moved, or that make an alarm impossible or permanent. */
export function thresholdWarnings(given: Thresholds, corrected: Thresholds, units: 'mg/dl' | 'mmol'): string[] {
  const converted = units === 'mmol' && given.bgHigh < LOWEST_MGDL_HIGH;
  return (Object.keys(NAMES) as (keyof Thresholds)[]).flatMap((key) => {
    const value = corrected[key];
    const asked = converted ? Math.round(given[key] * MGDL_PER_MMOL) : given[key];
    const isLow = key === 'bgLow' || key === 'bgTargetBottom';
    if (isLow ? value < LOWEST_READING : value > HIGHEST_READING)
      return [`${NAMES[key]} stands for ${value} mg/dl, which no reading passes: this alarm never sounds. ${hint(units)}`];
    if (isLow ? value > HIGHEST_READING : value < LOWEST_READING)
      return [`${NAMES[key]} stands for ${value} mg/dl, which every reading passes: this alarm always sounds. ${hint(units)}`];
    return value === asked
      ? []
      : [`${NAMES[key]} stands for ${asked} mg/dl, which does not fit the other thresholds; ${value} is used.`];
  });
}

function hint(units: 'mg/dl' | 'mmol'): string {
  return units === 'mmol'
    ? 'Give all four BG_… thresholds in mmol, or all four in mg/dl.'
    : 'Thresholds are in mg/dl unless DISPLAY_UNITS=mmol.';
}
