import { svg } from './dom.js';

/** A prediction made longer ago says nothing about now, ms. */
const OLD_MS = 15 * 60_000;
/** oref's assumptions, in words. */
const WORDS = {
  predicted: 'predicted',
  IOB: 'insulin only (IOB)',
  COB: 'with carbs (COB)',
  aCOB: 'with carbs (aCOB)',
  UAM: 'unannounced meal (UAM)',
  ZT: 'no more basal (ZT)'
};

/** Label of a curve in words. */
export const curveWords = (label) => WORDS[label] ?? label;

/**
 * The curves that still speak of now, each as instants.
 * @param predictions as `/api/v2/predictions` answers, newest first
 * @returns `[{ label, points: [{ mills, mgdl }] }]`
 */
export function currentCurves(predictions, now) {
  const newest = predictions?.[0];
  if (!newest || newest.start < now - OLD_MS) return [];
  return newest.curves.map(({ label, values }) => ({
    label,
    points: values.map((mgdl, at) => ({ mills: newest.start + at * newest.interval, mgdl }))
  }));
}

/** The curves as dotted lines from now on, each with its name at the end where there are several. */
export function drawPredictions(curves, { now, to, right, x, y }, room) {
  return curves.flatMap(({ label, points }) => {
    const shown = points.filter(({ mills }) => mills >= now - 300_000 && mills <= to);
    if (shown.length === 0) return [];
    const last = shown.at(-1);
    const kind = ['IOB', 'COB', 'aCOB', 'UAM', 'ZT'].includes(label) ? label.replace(/^a/, '').toLowerCase() : 'loop';
    const path = shown.map(({ mills, mgdl }, at) => `${at === 0 ? 'M' : 'L'}${x(mills)} ${y(mgdl)}`).join('');
    const [labelX, width] = [Math.min(right - 2, x(last.mills) + 4), 7 * label.length + 4];
    // the first free place beside its end
    const labelY = [0, -12, 12, -24, 24]
      .map((off) => y(last.mgdl) - 4 + off)
      .find((at) => room(labelX - width / 2, at, width, 11));
    return [
      svg('path', { class: `prediction ${kind}`, d: path }),
      curves.length > 1 &&
        labelY !== undefined &&
        svg('text', { class: `curve ${kind}`, x: labelX, y: labelY, 'text-anchor': 'end' }, label)
    ];
  });
}
