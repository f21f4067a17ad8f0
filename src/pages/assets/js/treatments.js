import { el } from './dom.js';
import { clock } from './format.js';

const HOUR = 3_600_000;
const is = (value) => value !== undefined && value !== null && value !== '' && Number(value) !== 0;

export const isBolus = ({ insulin }) => Number(insulin) > 0;
export const isCarbs = ({ carbs }) => Number(carbs) > 0;
/** A loop gave it by itself. */
export const isAutomatic = ({ isSMB, automatic, eventType, type }) =>
  isSMB === true || automatic === true || eventType === 'SMB' || type === 'SMB';
/** A loop sets one every five minutes. */
export const isTempBasal = ({ eventType }) => /^temp basal/i.test(String(eventType));

/** Letters in the chart for what has no amount. */
const MARKS = [
  [/^sensor/i, 'S'],
  [/^site change/i, 'C'],
  [/^insulin change/i, 'I'],
  [/^pump battery/i, 'B'],
  [/^profile switch/i, 'P'],
  [/^exercise/i, 'E'],
  [/^announcement/i, 'A'],
  [/^(bg check|finger)/i, 'F']
];

/** The letter of a treatment in the chart; undefined for what is drawn in another way, or not at all. */
export function markOf(treatment) {
  if (isBolus(treatment) || isCarbs(treatment) || isTempBasal(treatment)) return undefined;
  const kind = String(treatment.eventType ?? '');
  if (/^(temporary|openaps offline)/i.test(kind)) return undefined;
  return (
    MARKS.find(([pattern]) => pattern.test(kind))?.[1] ?? (treatment.notes || /^note|^question/i.test(kind) ? 'N' : undefined)
  );
}

/** What kind it is, in words. */
export const kindOf = ({ eventType }) => (eventType && eventType !== '<none>' ? String(eventType) : 'Treatment');

/** What was done, in short: `1.5 U`, `20 g`, `30 min`, notes. Values may be numbers or text, from whatever app. */
export function treatmentText({ insulin, carbs, duration, notes, glucose, isSMB, profile, reason }) {
  return [
    is(insulin) && `${insulin} U${isSMB ? ' (SMB)' : ''}`,
    is(carbs) && `${carbs} g`,
    is(duration) && `${Math.round(Number(duration)) || duration} min`,
    is(glucose) && `glucose ${glucose}`,
    profile,
    reason,
    notes
  ]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(', ');
}

/** Kind and amount together, `Meal Bolus 1.5 U`. */
export const treatmentLine = (treatment) => `${kindOf(treatment)} ${treatmentText(treatment)}`.trim();

/** The newest few as list items; what a loop does by itself is left out, it does so every five minutes. */
export function treatmentItems(treatments, { now, timeFormat, count = 8 }) {
  return treatments
    .filter((one) => one.mills <= now && one.mills > now - 24 * HOUR && !isTempBasal(one) && !(isBolus(one) && isAutomatic(one)))
    .slice(-count)
    .reverse()
    .map((treatment) =>
      el(
        'li',
        {},
        el('time', { datetime: new Date(treatment.mills).toISOString() }, clock(treatment.mills, timeFormat)),
        el('span', {}, el('strong', {}, kindOf(treatment)), ' ', treatmentText(treatment))
      )
    );
}
