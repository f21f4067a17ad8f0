const HOUR = 3_600_000;
const LEFT = 34;
const RIGHT = 10;
/** Names of hours, the strip of basal, the strip of marks. */
const AXIS = 20;
const BASAL = 40;
const MARKS = 18;
const LOWEST = 40;
const HIGHEST = 400;
/** How much of what is expected is shown beside so many hours that were, hours. */
const AHEAD = { 3: 1.5, 6: 2.5, 12: 4, 24: 6 };

/**
 * Where what stands in the chart.
 * @param options.end when the last prediction ends, epoch ms; not after now: only the past is shown
 * @param options.highest mg/dl to leave room for
 * @returns `{ from, to, now, hours, width, height, left, right, top, bottom, marksAt, basalTop, basalBottom, x(ms), y(mgdl) }`, px
 */
export function chartFrame({ now, hours, width, height, end, highest, thresholds }) {
  const from = now - hours * HOUR;
  const to = Math.max(now + (hours * HOUR) / 60, Math.min(end, now + (AHEAD[hours] ?? 1) * HOUR));
  const [left, right, top] = [LEFT, width - RIGHT, MARKS + 4];
  const basalBottom = height - AXIS;
  const bottom = basalBottom - BASAL;
  const ceiling = Math.min(HIGHEST, Math.max(thresholds.bgHigh + 20, highest + 10));
  return {
    from,
    to,
    now,
    hours,
    width,
    height,
    left,
    right,
    top,
    bottom,
    marksAt: MARKS / 2,
    basalTop: bottom + 8,
    basalBottom,
    x: (ms) => round(left + ((ms - from) / (to - from)) * (right - left)),
    y: (mgdl) => {
      const part = (Math.min(ceiling, Math.max(LOWEST, mgdl)) - LOWEST) / (ceiling - LOWEST);
      return round(bottom - part * (bottom - top));
    }
  };
}

/** A tenth of a pixel is enough, and shorter. */
export const round = (value) => Math.round(value * 10) / 10;

/** Full hours to name below the chart, not closer than the text is wide. */
export function hourTicks({ from, to, left, right, x }) {
  const room = Math.max(2, Math.floor((right - left) / 58));
  const step = [1, 2, 3, 4, 6, 8, 12].find((size) => (to - from) / HOUR / size <= room) ?? 12;
  const first = new Date(from);
  first.setMinutes(0, 0, 0);
  const all = [];
  for (let at = first.getTime(); at < to; at += HOUR) {
    if (x(at) >= left + 16 && x(at) <= right - 14 && new Date(at).getHours() % step === 0) all.push(at);
  }
  return all;
}

/** Keeps texts apart: whether a box is free, and takes it if so. */
export function createRoom() {
  const taken = [];
  return (x, y, width, height) => {
    const box = { x1: x - width / 2, x2: x + width / 2, y1: y - height, y2: y };
    if (taken.some((other) => box.x1 < other.x2 && box.x2 > other.x1 && box.y1 < other.y2 && box.y2 > other.y1)) return false;
    taken.push(box);
    return true;
  };
}
