/** Glucose units a site may show. Everything inside is mg/dl; only what is shown is converted (D22). */
export type Units = 'mg/dl' | 'mmol';

/** mg/dl per mmol/L, the figure every Nightscout client converts with. */
export const MGDL_PER_MMOL = 18.01559;

/** Label beside a glucose value: `mg/dl` or `mmol/L`. */
export function unitsLabel(units: Units): string {
  return units === 'mmol' ? 'mmol/L' : 'mg/dl';
}

/** mg/dl as mmol/L with one decimal, as text: 100 → `5.6`, 180 → `10.0`. */
export function mmolText(mgdl: number): string {
  return (Math.round((mgdl / MGDL_PER_MMOL) * 10) / 10).toFixed(1);
}

/** mmol/L as whole mg/dl: 5.5 → 99. */
export function mmolToMgdl(mmol: number): number {
  return Math.round(mmol * MGDL_PER_MMOL);
}

/** A glucose value in mg/dl as the number a site of these units shows. */
export function scaleMgdl(mgdl: number, units: Units): number {
  return units === 'mmol' && mgdl ? Number(mmolText(mgdl)) : mgdl;
}

/** A glucose value in mg/dl as shown to people; 39 and 401 are the sensor's words for "below" and "above range". */
export function displayBg(mgdl: number, units: Units): number | 'LOW' | 'HIGH' {
  if (mgdl === 39) return 'LOW';
  if (mgdl === 401) return 'HIGH';
  return scaleMgdl(mgdl, units);
}

/** Rounds a value that is already in the site's units: one decimal for mmol/L, whole for mg/dl. */
export function roundBg(value: number, units: Units): number {
  return units === 'mmol' ? Math.round(value * 10) / 10 : Math.round(value);
}

/**
 * Insulin in U as text with two decimals, floored (also below zero), so that a preview never promises more than was computed.
 * Zero is `0`. The small addend keeps 4.62 · 100 = 461.99… at 4.62.
 */
export function roundInsulin(units: number): string {
  return units === 0 ? '0' : (Math.floor(units * 100 + 1e-9) / 100).toFixed(2);
}
