import { curveWords } from './chart-predictions.js';
import { svg } from './dom.js';
import { clock, glucose, isMeasured, rangeOf, readingText, unitOf } from './format.js';
import { isTempBasal, treatmentLine } from './treatments.js';

const NEAR_MS = 150_000;
const RANGE_WORDS = {
  'urgent-low': 'very low',
  low: 'low',
  'in-range': 'in range',
  high: 'high',
  'urgent-high': 'very high'
};

/**
 * Every instant of the chart there is something to say about, in order.
 * @param drawn what `drawChart` gave
 * @returns `[{ mills, mgdl?, text }]`
 */
export function instants({ frame, sgvs, curves }, { data, status: { settings } }) {
  const { units, thresholds, timeFormat } = settings;
  const found = sgvs.map(({ mills, mgdl }) => ({
    mills,
    mgdl,
    parts: [
      [readingText(mgdl, units), isMeasured(mgdl) && unitOf(units)].filter(Boolean).join(' '),
      RANGE_WORDS[rangeOf(mgdl, thresholds)]
    ]
  }));
  for (const treatment of data.treatments) {
    const { mills } = treatment;
    if (mills < frame.from || mills > frame.now || isTempBasal(treatment)) continue;
    const beside = found.find((one) => Math.abs(one.mills - mills) <= NEAR_MS);
    if (beside) beside.parts.push(treatmentLine(treatment));
    else found.push({ mills, parts: [treatmentLine(treatment)] });
  }
  const expected = new Map();
  for (const { label, points } of curves) {
    for (const { mills, mgdl } of points) {
      if (mills <= frame.now || mills > frame.to) continue;
      const one = expected.get(mills) ?? { mills, mgdl, parts: [] };
      one.parts.push(`${curveWords(label)} ${glucose(mgdl, units)}`);
      expected.set(mills, one);
    }
  }
  for (const one of expected.values()) {
    if (!/^predicted/.test(one.parts[0])) one.parts.unshift('expected');
    found.push(one);
  }
  return found
    .sort((a, b) => a.mills - b.mills)
    .map(({ mills, mgdl, parts }) => ({ mills, mgdl, text: [clock(mills, timeFormat), ...parts].join(', ') }));
}

/**
 * Lets people look at one instant of the chart: with a finger or a mouse on it, or with the slider below it by keyboard.
 * @param parts `{ chart, slider, output }` elements
 * @returns `show(drawn, state)`, to be called after each drawing
 */
export function createInspector({ chart, slider, output }) {
  const hint = output.textContent;
  let current;
  let list = [];
  /** what is being looked at, epoch ms; undefined: nothing */
  let chosen;

  function point(mills) {
    chosen = mills;
    const at = mills === undefined ? -1 : closest(mills);
    const one = list[at];
    const cursor = chart.querySelector('.cursor');
    cursor?.replaceChildren();
    output.textContent = one?.text ?? hint;
    slider.value = at < 0 ? lastPast() : at;
    slider.setAttribute('aria-valuetext', list[Number(slider.value)]?.text ?? 'Nothing to see');
    if (!one || !cursor) return;
    const { x, y, top, basalBottom } = current.frame;
    cursor.append(svg('line', { x1: x(one.mills), x2: x(one.mills), y1: top, y2: basalBottom }));
    if (one.mgdl !== undefined) cursor.append(svg('circle', { cx: x(one.mills), cy: y(one.mgdl), r: 6 }));
  }

  const lastPast = () =>
    Math.max(
      0,
      list.findLastIndex(({ mills }) => mills <= (current?.frame.now ?? 0))
    );

  function closest(mills) {
    let best = -1;
    for (const [at, one] of list.entries())
      if (best < 0 || Math.abs(one.mills - mills) < Math.abs(list[best].mills - mills)) best = at;
    return best;
  }

  function pointed(event) {
    if (!current || (event.type === 'pointermove' && event.pointerType === 'touch' && event.buttons === 0)) return;
    const { left, right, from, to } = current.frame;
    const at = event.clientX - chart.getBoundingClientRect().left;
    point(from + ((at - left) / (right - left)) * (to - from));
  }

  chart.addEventListener('pointerdown', pointed);
  chart.addEventListener('pointermove', pointed);
  chart.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && point(undefined));
  slider.addEventListener('input', () => point(list[Number(slider.value)]?.mills));
  slider.addEventListener('keydown', ({ key }) => key === 'Escape' && point(undefined));

  return function show(drawn, state) {
    current = drawn;
    list = instants(drawn, state);
    slider.max = String(Math.max(0, list.length - 1));
    slider.disabled = list.length === 0;
    point(chosen !== undefined && chosen < drawn.frame.from ? undefined : chosen);
  };
}
