import { drawBasal } from './chart-basal.js';
import { chartFrame, createRoom, hourTicks } from './chart-frame.js';
import { currentCurves, drawPredictions } from './chart-predictions.js';
import { drawTreatments } from './chart-treatments.js';
import { svg } from './dom.js';
import { glucose, hourText, rangeOf } from './format.js';

const NEAR_MS = 15 * 60_000;
const RANGES = ['urgent-low', 'low', 'in-range', 'high', 'urgent-high'];

/**
 * The last hours, and what is expected: readings over the target range, treatments, basal, predictions.
 * @param state `{ data, predictions, now, status: { settings } }`
 * @param box `{ hours, width, height }`, px
 * @returns `{ node, frame, sgvs, curves }`: what to show, where it stands, and what stands there
 */
export function drawChart({ data, predictions, now, status: { settings } }, { hours, width, height }) {
  const { thresholds, units, timeFormat } = settings;
  const since = now - hours * 3_600_000;
  const inTime = ({ mills, mgdl }) => mills >= since && mills <= now + 5 * 60_000 && mgdl >= 39;
  const sgvs = data.sgvs.filter(inTime);
  const curves = currentCurves(predictions, now);
  const frame = chartFrame({
    now,
    hours,
    width,
    height,
    thresholds,
    end: Math.max(0, ...curves.map(({ points }) => points.at(-1).mills)),
    highest: Math.max(0, ...sgvs.map(({ mgdl }) => mgdl), ...curves.flatMap(({ points }) => points.map(({ mgdl }) => mgdl)))
  });
  const { left, right, top, x, y } = frame;
  const room = createRoom();
  const line = (mgdl, name) => svg('line', { class: `line ${name}`, x1: left, x2: right, y1: y(mgdl), y2: y(mgdl) });
  const node = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': summary(sgvs, settings, hours) },
    svg('rect', {
      class: 'target',
      x: left,
      width: right - left,
      y: y(thresholds.bgTargetTop),
      height: y(thresholds.bgTargetBottom) - y(thresholds.bgTargetTop)
    }),
    line(thresholds.bgLow, 'urgent-low'),
    line(thresholds.bgHigh, 'urgent-high'),
    ...levels(thresholds, y).map((mgdl) =>
      svg('text', { class: 'tick', x: left - 5, y: y(mgdl) + 4, 'text-anchor': 'end' }, glucose(mgdl, units))
    ),
    ...hourTicks(frame).map((ms) =>
      svg('text', { class: 'tick', x: x(ms), y: height - 5, 'text-anchor': 'middle' }, hourText(ms, timeFormat))
    ),
    ...drawBasal(data, frame),
    svg('line', { class: 'now', x1: x(now), x2: x(now), y1: top, y2: frame.basalBottom }),
    ...drawPredictions(curves, frame, room),
    ...drawReadings(sgvs, frame, thresholds),
    ...data.mbgs
      .filter(inTime)
      .map(({ mills, mgdl }) => svg('path', { class: 'meter', d: `M${x(mills)} ${y(mgdl) - 6}l5 6-5 6-5-6z` })),
    ...drawTreatments(data.treatments, frame, { room, readingAt: nearest(sgvs) })
  );
  node.append(svg('g', { class: 'cursor' }));
  return { node, frame, sgvs, curves };
}

/** One line of dots for each range: a day has hundreds of readings. */
function drawReadings(sgvs, { hours, x, y }, thresholds) {
  const paths = new Map(RANGES.map((range) => [range, '']));
  for (const { mills, mgdl } of sgvs) {
    const range = rangeOf(mgdl, thresholds);
    paths.set(range, `${paths.get(range)}M${x(mills)} ${y(mgdl)}h0`);
  }
  return [...paths]
    .filter(([, d]) => d !== '')
    .map(([range, d]) => svg('path', { class: `dots ${range}${hours > 12 ? ' small' : ''}`, d }));
}

/** Values to name at the side, not closer than a line of text. */
function levels({ bgLow, bgTargetBottom, bgTargetTop, bgHigh }, y) {
  const values = [bgTargetBottom, bgTargetTop, bgHigh];
  if (y(bgLow) - y(bgTargetBottom) > 12) values.unshift(bgLow);
  return values.filter((mgdl, at) => at === 0 || y(values[at - 1]) - y(mgdl) > 12);
}

/** The reading beside an instant, mg/dl. */
function nearest(sgvs) {
  return (at) => {
    let best;
    for (const sgv of sgvs) if (!best || Math.abs(sgv.mills - at) < Math.abs(best.mills - at)) best = sgv;
    return best && Math.abs(best.mills - at) <= NEAR_MS ? best.mgdl : undefined;
  };
}

function summary(shown, { units, thresholds }, hours) {
  if (shown.length === 0) return `No glucose readings in the last ${hours} hours.`;
  const values = shown.map(({ mgdl }) => mgdl);
  const inRange = values.filter((mgdl) => rangeOf(mgdl, thresholds) === 'in-range').length;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((mgdl) => glucose(mgdl, units));
  return `Glucose of the last ${hours} hours: ${low} to ${high}, ${Math.round((100 * inRange) / values.length)} percent in range.`;
}
