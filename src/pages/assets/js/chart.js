import { svg } from './dom.js';
import { glucose, hourText, rangeOf } from './format.js';

const HOUR = 3_600_000;
const LEFT = 34;
const BOTTOM = 20;
const TOP = 6;
const RIGHT = 8;
const LOWEST = 40;
const HIGHEST = 400;

/**
 * Glucose of the last hours as dots over the target range.
 * @param box `{ width, height }` in px
 */
export function drawChart(sgvs, { settings, now, hours, width, height }) {
  const { thresholds, units, timeFormat } = settings;
  const from = now - hours * HOUR;
  const shown = sgvs.filter(({ mills, mgdl }) => mills >= from && mills <= now + 5 * 60_000 && mgdl >= 39);
  const top = Math.min(HIGHEST, Math.max(thresholds.bgHigh + 20, ...shown.map(({ mgdl }) => mgdl + 10)));
  const x = (ms) => LEFT + ((ms - from) / (now - from)) * (width - LEFT - RIGHT);
  const y = (mgdl) => {
    const part = (Math.min(top, Math.max(LOWEST, mgdl)) - LOWEST) / (top - LOWEST);
    return height - BOTTOM - part * (height - BOTTOM - TOP);
  };
  const round = (value) => Math.round(value * 10) / 10;
  const line = (mgdl, name) =>
    svg('line', { class: `line ${name}`, x1: LEFT, x2: width - RIGHT, y1: round(y(mgdl)), y2: round(y(mgdl)) });
  const label = (mgdl) =>
    svg('text', { class: 'tick', x: LEFT - 5, y: round(y(mgdl)) + 4, 'text-anchor': 'end' }, glucose(mgdl, units));
  const values = [thresholds.bgTargetBottom, thresholds.bgTargetTop, thresholds.bgHigh];
  if (y(thresholds.bgLow) - y(thresholds.bgTargetBottom) > 12) values.unshift(thresholds.bgLow);

  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': summary(shown, settings, hours) },
    svg('rect', {
      class: 'target',
      x: LEFT,
      width: width - LEFT - RIGHT,
      y: round(y(thresholds.bgTargetTop)),
      height: round(y(thresholds.bgTargetBottom) - y(thresholds.bgTargetTop))
    }),
    line(thresholds.bgLow, 'urgent-low'),
    line(thresholds.bgHigh, 'urgent-high'),
    ...values.filter((mgdl, at) => at === 0 || y(values[at - 1]) - y(mgdl) > 12).map(label),
    ...ticks(from, now, hours, width).map((ms) =>
      svg('text', { class: 'tick', x: round(x(ms)), y: height - 5, 'text-anchor': 'middle' }, hourText(ms, timeFormat))
    ),
    ...shown.map(({ mills, mgdl }) =>
      svg('circle', { class: `dot ${rangeOf(mgdl, thresholds)}`, cx: round(x(mills)), cy: round(y(mgdl)), r: hours > 12 ? 2 : 3 })
    )
  );
}

/** Full hours to name below the chart, not closer than the text is wide. */
function ticks(from, now, hours, width) {
  const room = Math.max(2, Math.floor((width - LEFT) / 62));
  const step = [1, 2, 3, 4, 6, 8, 12].find((size) => hours / size <= room) ?? 12;
  const first = new Date(from);
  first.setMinutes(0, 0, 0);
  const all = [];
  for (let at = first.getTime(); at < now; at += HOUR) {
    if (at >= from + (hours * HOUR) / 40 && at <= now - (hours * HOUR) / 25 && new Date(at).getHours() % step === 0) all.push(at);
  }
  return all;
}

function summary(shown, { units, thresholds }, hours) {
  if (shown.length === 0) return `No glucose readings in the last ${hours} hours.`;
  const values = shown.map(({ mgdl }) => mgdl);
  const inRange = values.filter((mgdl) => rangeOf(mgdl, thresholds) === 'in-range').length;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((mgdl) => glucose(mgdl, units));
  return `Glucose of the last ${hours} hours: ${low} to ${high}, ${Math.round((100 * inRange) / values.length)} percent in range.`;
}
