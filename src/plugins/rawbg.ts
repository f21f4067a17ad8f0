import type { Cal, Sgv } from '../live/live.ts';
import type { Plugin } from './plugin.ts';
import { numberOf } from './reading.ts';
import { unitsLabel } from './units.ts';

const NOISE: Readonly<Record<number, string>> = { 0: '---', 1: 'Clean', 2: 'Light', 3: 'Medium', 4: 'Heavy' };

/** Glucose worked out from the sensor's raw signal and the last calibration, mg/dl. */
export const rawbg: Plugin = {
  name: 'rawbg',
  offers: ['rawbg'],
  compute(sandbox) {
    const sgv = sandbox.lastSgv();
    const cal = sandbox.lastEntry(sandbox.data.cals);
    if (!sgv || !cal) return { rawbg: {} };
    const mgdl = rawGlucose(sgv, cal, sandbox.extended('rawbg').display);
    const label = noiseLabel(sgv);
    return {
      rawbg: {
        mgdl,
        noiseLabel: label,
        sgv: sandbox.scaled(sgv),
        cal,
        displayLine: `Raw BG: ${sandbox.scale(mgdl)} ${unitsLabel(sandbox.units)} ${label}`
      }
    };
  }
};

/**
 * Raw glucose, whole mg/dl; 0 when the inputs do not allow it.
 * @param display RAWBG_DISPLAY: `filtered`, `unfiltered`, anything else is `unsmoothed`
 */
function rawGlucose(sgv: Sgv, cal: Cal, display: unknown): number {
  const unfiltered = Math.trunc(numberOf(sgv.unfiltered) ?? 0);
  const filtered = Math.trunc(numberOf(sgv.filtered) ?? 0);
  const scale = numberOf(cal.scale) ?? 0;
  const intercept = numberOf(cal.intercept) ?? 0;
  const slope = numberOf(cal.slope) ?? 0;
  if (slope === 0 || unfiltered === 0 || scale === 0) return 0;
  const raw = (scale * (unfiltered - intercept)) / slope;
  if (filtered === 0 || sgv.mgdl < 40 || display === 'unfiltered') return Math.round(raw);
  const smooth = (scale * (filtered - intercept)) / slope;
  if (display === 'filtered') return Math.round(smooth);
  const result = Math.round(raw / (smooth / sgv.mgdl));
  return Number.isFinite(result) ? result : 0;
}

/** The noise word of a reading; without a number a reading below range is taken as heavily disturbed. */
function noiseLabel(sgv: Sgv): string {
  return NOISE[numberOf(sgv.noise) ?? -1] ?? (sgv.mgdl < 40 ? 'Heavy' : '~~~');
}
