import { ageNotification, ageOf, daysAndHours, levelOfAge, limitsFrom, ofType, showsDays } from './age.ts';
import { NONE } from './level.ts';
import type { Plugin } from './plugin.ts';

/** Age of the cannula. */
export const cage: Plugin = {
  name: 'cage',
  offers: ['cage'],
  compute({ data, time, extended }) {
    const settings = extended('cage');
    const found = ageOf(ofType(data.treatments, 'Site Change'), time);
    if (!found)
      return { cage: { found: false, age: 0, treatmentDate: null, checkForAlert: false, level: NONE, display: 'n/a ' } };
    const limits = limitsFrom(settings, { info: 44, warn: 48, urgent: 72 });
    const level = levelOfAge(found.age, limits);
    const notification = ageNotification(found, level, limits, settings, {
      title: `Cannula age ${found.age} hours`,
      messages: { 0: 'Change cannula soon', 1: 'Time to change cannula', 2: 'Cannula change overdue!' },
      group: 'CAGE'
    });
    const display = showsDays(settings, 'hours') ? daysAndHours(found) : `${found.age}h`;
    return { cage: { found: true, ...found, checkForAlert: false, level, display, ...(notification ? { notification } : {}) } };
  }
};
