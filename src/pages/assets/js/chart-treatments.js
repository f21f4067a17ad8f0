import { svg } from './dom.js';
import { aimOf, OVERRIDE, spans, TARGET } from './in-force.js';
import { isAutomatic, isBolus, isCarbs, markOf } from './treatments.js';

const NEAR_MS = 15 * 60_000;
/** Marks closer than this stand as one, px. */
const MARK = 15;

/** Boluses, carbs, marks, temp targets and overrides of the time shown. @param readingAt glucose at an instant, mg/dl, or undefined */
export function drawTreatments(treatments, frame, { room, readingAt }) {
  const shown = treatments.filter(({ mills }) => mills >= frame.from && mills <= Math.min(frame.to, frame.now + NEAR_MS));
  return [
    ...ranges(treatments, frame),
    ...marks(shown, frame),
    ...shown
      .filter(isBolus)
      .filter(isAutomatic)
      .map((dose) => automatic(dose, frame)),
    ...shown.filter(isCarbs).flatMap((meal) => carbs(meal, frame, room, readingAt(meal.mills))),
    ...shown
      .filter((dose) => isBolus(dose) && !isAutomatic(dose))
      .flatMap((dose) => bolus(dose, frame, room, readingAt(dose.mills)))
  ];
}

/** Above the readings, pointing at them. */
function bolus({ mills, insulin }, { x, y, top, bottom }, room, mgdl) {
  const [cx, cy] = [x(mills), Math.min(bottom - 4, Math.max(top + 26, y(mgdl ?? 140) - 12))];
  const text = `${Math.round(Number(insulin) * 100) / 100}`;
  return [
    svg('path', { class: 'bolus', d: `M${cx - 6} ${cy - 9}h12l-6 9z` }),
    room(cx, cy - 11, 7 * text.length + 6, 12) && svg('text', { class: 'dose', x: cx, y: cy - 12, 'text-anchor': 'middle' }, text)
  ];
}

/** What the loop doses by itself comes every few minutes: small, at the foot. */
const automatic = ({ mills }, { x, bottom }) => svg('path', { class: 'bolus', d: `M${x(mills) - 3} ${bottom}h6l-3-7z` });

/** Below the readings. */
function carbs({ mills, carbs: grams }, { x, y, top, bottom }, room, mgdl) {
  const [cx, cy] = [x(mills), Math.min(bottom - 27, Math.max(top + 10, y(mgdl ?? 120) + 14))];
  const text = `${Math.round(Number(grams))} g`;
  return [
    svg('circle', { class: 'carbs', cx, cy, r: 5.5 }),
    room(cx, cy + 18, 6.5 * text.length + 4, 12) &&
      svg('text', { class: 'grams', x: cx, y: cy + 17, 'text-anchor': 'middle' }, text)
  ];
}

/** Notes, changes of sensor and site, profile switches and whatever else has no amount: a letter each, or how many there are. */
function marks(shown, { x, marksAt, bottom }) {
  const groups = [];
  for (const treatment of shown) {
    const letter = markOf(treatment);
    if (letter === undefined) continue;
    const at = x(treatment.mills);
    const last = groups.at(-1);
    if (last && at - last.at < MARK) last.letters.push(letter);
    else groups.push({ at, letters: [letter] });
  }
  return groups.flatMap(({ at, letters }) => [
    svg('line', { class: 'mark-line', x1: at, x2: at, y1: marksAt + 8, y2: bottom }),
    svg('rect', { class: 'mark', x: at - 7, y: marksAt - 8, width: 14, height: 15, rx: 3 }),
    svg(
      'text',
      { class: 'letter', x: at, y: marksAt + 4, 'text-anchor': 'middle' },
      letters.length > 1 ? letters.length : letters[0]
    )
  ]);
}

/** The range that was aimed at meanwhile; without one, only for how long. */
function ranges(treatments, { from, to, x, y, top }) {
  return [TARGET, OVERRIDE].flatMap((kind) =>
    spans(treatments, kind)
      .filter(({ mills, end }) => end > from && mills < to)
      .map(({ mills, end, treatment }) => {
        const aim = aimOf(treatment);
        const [x1, x2] = [x(Math.max(mills, from)), x(Math.min(end, to))];
        const [y1, y2] = aim ? [y(aim.high) - 2, y(aim.low) + 2] : [top - 3, top + 1];
        return svg('rect', { class: 'aim', x: x1, y: y1, width: Math.max(2, x2 - x1), height: y2 - y1 });
      })
  );
}
