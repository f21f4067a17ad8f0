import type { Timed } from '../live/live.ts';
import { type Age, ageNotification, ageOf, daysAndHours, levelOfAge, limitsFrom, ofType } from './age.ts';
import { NONE } from './level.ts';
import type { Plugin } from './plugin.ts';
import type { Fields } from './reading.ts';

const START = 'Sensor Start';
const CHANGE = 'Sensor Change';

/** Age of the sensor, from its start or its change, whichever came last; `min` names that one. */
export const sage: Plugin = {
  name: 'sage',
  offers: ['sage'],
  compute({ data, time, extended }) {
    const settings = extended('sage');
    const started = ageFrom(data.treatments, START, time);
    const changed = ageFrom(data.treatments, CHANGE, time);
    const startHidden = started !== undefined && changed !== undefined && changed.treatmentDate >= started.treatmentDate;
    const min = changed && (startHidden || !started) ? CHANGE : START;
    const pressing = min === CHANGE ? changed : started;
    const alert = pressing ? alertOf(pressing, settings) : { level: NONE };
    const shown = (age: Age | undefined, name: string, hidden: boolean): Fields => ({
      found: age !== undefined && !hidden,
      ...(age ? displayed(age) : {}),
      ...(name === min ? alert : {})
    });
    return { sage: { [START]: shown(started, START, startHidden), [CHANGE]: shown(changed, CHANGE, false), min } };
  }
};

function ageFrom(treatments: readonly Timed[], eventType: string, time: number): Age | undefined {
  return ageOf(ofType(treatments, eventType, true), time);
}

function displayed(age: Age): Fields {
  return { ...age, display: daysAndHours(age), displayLong: longDisplay(age) };
}

/** `2 days 0 hours`; below a day `5 hours`. */
function longDisplay({ age, days, hours }: Age): string {
  return `${age >= 24 ? `${days} days ` : ''}${hours} hours`;
}

function alertOf(age: Age, settings: Fields): Fields {
  const limits = limitsFrom(settings, { info: 144, warn: 164, urgent: 166 });
  const level = levelOfAge(age.age, limits);
  const notification = ageNotification(age, level, limits, settings, {
    title: `Sensor age ${age.days} days ${age.hours} hours`,
    messages: { 0: 'Change/restart sensor soon', 1: 'Time to change/restart sensor', 2: 'Sensor change/restart overdue!' },
    group: 'SAGE'
  });
  return { level, ...(notification ? { notification } : {}) };
}
