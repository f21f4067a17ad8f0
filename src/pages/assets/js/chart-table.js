import { table } from './dom.js';
import { clock, isMeasured, rangeOf, readingText, unitOf } from './format.js';
import { isTempBasal, treatmentLine } from './treatments.js';

const MINUTE = 60_000;
/** Length of a row by the hours shown, minutes. */
const ROWS = { 3: 5, 6: 15, 12: 30, 24: 60 };
const RANGES = { 'urgent-low': 'very low', low: 'low', 'in-range': 'in range', high: 'high', 'urgent-high': 'very high' };

/** The chart in words, newest first: the last reading of each span of time, and what was done in it. */
export function chartTable({ data, now, status: { settings } }, hours) {
  const { units, thresholds, timeFormat } = settings;
  const step = (ROWS[hours] ?? 60) * MINUTE;
  const rows = new Map();
  const rowAt = (mills) => {
    const start = Math.floor(mills / step) * step;
    if (!rows.has(start)) rows.set(start, { done: [] });
    return rows.get(start);
  };
  const isShown = ({ mills }) => mills > now - hours * 60 * MINUTE && mills <= now + 5 * MINUTE;
  for (const sgv of data.sgvs.filter(isShown)) rowAt(sgv.mills).sgv = sgv;
  for (const one of data.treatments.filter(isShown)) if (!isTempBasal(one)) rowAt(one.mills).done.push(one);
  const read = ({ mgdl }) => `${readingText(mgdl, units)}${isMeasured(mgdl) ? `, ${RANGES[rangeOf(mgdl, thresholds)]}` : ''}`;
  return table(
    `Glucose in ${unitOf(units)}: the last reading of each ${step / MINUTE} minutes, and treatments`,
    ['From', 'Glucose', 'Treatments'],
    [...rows]
      .sort(([a], [b]) => b - a)
      .map(([start, { sgv, done }]) => [
        clock(start, timeFormat),
        sgv ? read(sgv) : '–',
        done.map((one) => `${clock(one.mills, timeFormat)} ${treatmentLine(one)}`).join('; ')
      ])
  );
}
