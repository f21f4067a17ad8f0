import { el } from './dom.js';
import { clock } from './format.js';

const HOUR = 3_600_000;

/** What was done, in short: `1.5 U`, `20 g`, `30 min`, notes. Values may be numbers or text, from whatever app. */
export function treatmentText({ insulin, carbs, duration, notes, glucose, isSMB, profile, reason }) {
  const is = (value) => value !== undefined && value !== null && value !== '' && Number(value) !== 0;
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

/** The newest few as list items; temporary basals are left out, a loop sets one every five minutes. */
export function treatmentItems(treatments, { now, timeFormat, count = 8 }) {
  return treatments
    .filter(({ mills, eventType }) => mills <= now && mills > now - 24 * HOUR && !/^temp basal/i.test(String(eventType)))
    .slice(-count)
    .reverse()
    .map((treatment) => {
      const kind = treatment.eventType && treatment.eventType !== '<none>' ? String(treatment.eventType) : 'Treatment';
      return el(
        'li',
        {},
        el('time', { datetime: new Date(treatment.mills).toISOString() }, clock(treatment.mills, timeFormat)),
        el('span', {}, el('strong', {}, kind), ' ', treatmentText(treatment))
      );
    });
}
