import { basalOf } from './basal.js';
import { round } from './chart-frame.js';
import { svg } from './dom.js';

/** Basal as it ran, as an area; as it was planned, as a line. Nothing where neither is known. */
export function drawBasal(data, { from, to, now, left, right, x, basalTop, basalBottom }) {
  const step = Math.max(60_000, ((to - from) / (right - left)) * 2);
  const steps = basalOf(data, { from, to, step }).map((one) => (one.at > now ? { ...one, rate: undefined } : one));
  const highest = Math.max(0.1, ...steps.flatMap(({ rate = 0, planned = 0 }) => [rate, planned]));
  if (steps.every(({ rate, planned }) => rate === undefined && planned === undefined)) return [];
  const y = (rate) => round(basalBottom - (rate / highest) * (basalBottom - basalTop));
  return [
    svg('path', { class: 'basal', d: area(steps, x, y, basalBottom) }),
    svg('path', { class: 'planned', d: stairs(steps, 'planned', x, y) }),
    svg('line', { class: 'axis', x1: left, x2: right, y1: basalBottom, y2: basalBottom }),
    svg('text', { class: 'tick', x: left - 5, y: basalTop + 8, 'text-anchor': 'end' }, highest.toFixed(1)),
    svg('text', { class: 'tick', x: left - 5, y: basalBottom - 2, 'text-anchor': 'end' }, 'U/h')
  ];
}

/** Only where it changes. */
function stairs(steps, name, x, y) {
  let path = '';
  let before;
  for (const { at, [name]: rate } of steps) {
    if (rate === undefined) {
      if (before !== undefined) path += `H${x(at)}`;
    } else if (before === undefined) path += `M${x(at)} ${y(rate)}`;
    else if (rate !== before) path += `H${x(at)}V${y(rate)}`;
    before = rate;
  }
  return before === undefined ? path : `${path}H${x(steps.at(-1).at)}`;
}

/** The stairs, each piece closed at the foot. */
function area(steps, x, y, foot) {
  return stairs(steps, 'rate', x, y)
    .split('M')
    .filter(Boolean)
    .map((piece) => `M${piece.split(' ')[0]} ${foot}L${piece}V${foot}z`)
    .join('');
}
