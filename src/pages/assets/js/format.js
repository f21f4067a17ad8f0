const MGDL_PER_MMOL = 18.01559;
const MINUTE = 60_000;

/** Older than this a reading is no longer "now", ms. */
export const STALE_MS = 15 * MINUTE;
/** Older than this a reading is no answer to "what is it now?" at all, ms. */
export const GONE_MS = 30 * MINUTE;

const TRENDS = {
  TripleUp: ['⤊', 'rising very fast'],
  DoubleUp: ['⇈', 'rising fast'],
  SingleUp: ['↑', 'rising'],
  FortyFiveUp: ['↗', 'rising slowly'],
  Flat: ['→', 'steady'],
  FortyFiveDown: ['↘', 'falling slowly'],
  SingleDown: ['↓', 'falling'],
  DoubleDown: ['⇊', 'falling fast'],
  TripleDown: ['⤋', 'falling very fast']
};

/** Arrow and words of a trend; empty when there is none. */
export function trendOf(direction) {
  const [arrow, words] = (typeof direction === 'string' && Object.hasOwn(TRENDS, direction) && TRENDS[direction]) || ['', ''];
  return { arrow, words };
}

/** Words for the settings' unit. */
export const unitOf = (units) => (units === 'mmol' ? 'mmol/l' : 'mg/dl');

/** mg/dl as a number in the site's units. */
export const scale = (mgdl, units) => (units === 'mmol' ? Math.round((mgdl / MGDL_PER_MMOL) * 10) / 10 : Math.round(mgdl));

/** mg/dl as shown, `112` or `6.2`. */
export const glucose = (mgdl, units) => (units === 'mmol' ? scale(mgdl, units).toFixed(1) : String(scale(mgdl, units)));

/** Whether a reading is a number the sensor measured: not an error code, and not the word for beyond its range. */
export const isMeasured = (mgdl) => mgdl >= 40 && mgdl <= 400;

/** A reading as shown: sensors say 39 for "below their range" and 401 for "above"; smaller numbers are error codes. */
export function readingText(mgdl, units) {
  if (!(mgdl >= 39)) return '???';
  if (mgdl < 40) return 'LOW';
  return mgdl > 400 ? 'HIGH' : glucose(mgdl, units);
}

/** Where a value lies: `error`, `urgent-low`, `low`, `in-range`, `high`, `urgent-high`; thresholds in mg/dl. */
export function rangeOf(mgdl, { bgHigh, bgTargetTop, bgTargetBottom, bgLow }) {
  if (!(mgdl >= 39)) return 'error';
  if (mgdl <= bgLow) return 'urgent-low';
  if (mgdl < bgTargetBottom) return 'low';
  if (mgdl >= bgHigh) return 'urgent-high';
  return mgdl > bgTargetTop ? 'high' : 'in-range';
}

/** `fresh`, `stale` or `gone`. @param ms age */
export const freshness = (ms) => (ms > GONE_MS ? 'gone' : ms > STALE_MS ? 'stale' : 'fresh');

/** Age in words: `just now`, `3 min ago`, `2 h ago`, `4 days ago`. @param ms age */
export function ago(ms) {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

/** Time of day, `18:05` or `6:05 pm`; by hand, since asking the browser takes longer than drawing a chart. @param timeFormat 12 or 24, as in the settings */
export function clock(ms, timeFormat) {
  const date = new Date(ms);
  const [hour, minute] = [date.getHours(), String(date.getMinutes()).padStart(2, '0')];
  if (Number.isNaN(hour)) return '–';
  return timeFormat === 24
    ? `${String(hour).padStart(2, '0')}:${minute}`
    : `${hour % 12 || 12}:${minute} ${hour < 12 ? 'am' : 'pm'}`;
}

/** A full hour, `18:00` or `6 pm`. */
export function hourText(ms, timeFormat) {
  const hour = new Date(ms).getHours();
  return timeFormat === 24 ? `${String(hour).padStart(2, '0')}:00` : `${hour % 12 || 12} ${hour < 12 ? 'am' : 'pm'}`;
}

/** The newest reading. Clocks of phones differ a little. @param now server's clock, ms */
export function latest(sgvs, now) {
  return sgvs.findLast(({ mills }) => mills <= now + 5 * MINUTE);
}
