import { ageNotification, ageOf, daysAndHours, levelOfAge, limitsFrom, ofType, showsDays } from './age.ts';
import { NONE } from './level.ts';
import type { Plugin } from './plugin.ts';

/** Age of the pump's battery. */
export const bage: Plugin = {
  name: 'bage',
  offers: ['bage'],
  compute({ data, time, extended }) {
    const settings = extended('bage');
    const found = ageOf(ofType(data.treatments, 'Pump Battery Change'), time);
    if (!found)
      return { bage: { found: false, age: 0, treatmentDate: null, checkForAlert: false, level: NONE, display: 'n/a ' } };
    const limits = limitsFrom(settings, { info: 312, warn: 336, urgent: 360 });
    const level = levelOfAge(found.age, limits);
    const notification = ageNotification(found, level, limits, settings, {
      title: `Pump battery age ${found.age} hours`,
      messages: { 0: 'Change pump battery soon', 1: 'Time to change pump battery', 2: 'Pump Battery change overdue!' },
      group: 'BAGE'
    });
    const display = showsDays(settings, 'days') ? daysAndHours(found) : `${found.age}h`;
    return { bage: { found: true, ...found, checkForAlert: false, level, display, ...(notification ? { notification } : {}) } };
  }
};
