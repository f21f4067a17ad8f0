import { ageNotification, ageOf, daysAndHours, levelOfAge, limitsFrom, ofType } from './age.ts';
import { NONE } from './level.ts';
import type { Plugin } from './plugin.ts';

/** Age of the insulin in the reservoir. */
export const iage: Plugin = {
  name: 'iage',
  offers: ['iage'],
  compute({ data, time, extended }) {
    const settings = extended('iage');
    const found = ageOf(ofType(data.treatments, 'Insulin Change'), time);
    if (!found) return { iage: { found: false, age: 0, treatmentDate: null, level: NONE } };
    const limits = limitsFrom(settings, { info: 44, warn: 48, urgent: 72 });
    // Never urgent, as in the reference: its level stays a warning however old the insulin is.
    const level = levelOfAge(found.age, { info: limits.info, warn: limits.warn });
    const notification = ageNotification(found, level, limits, settings, {
      title: `Insulin reservoir age ${found.age} hours`,
      messages: {
        0: 'Change insulin reservoir soon',
        1: 'Time to change insulin reservoir',
        2: 'Insulin reservoir change overdue!'
      },
      group: 'IAGE'
    });
    return { iage: { found: true, ...found, level, display: daysAndHours(found), ...(notification ? { notification } : {}) } };
  }
};
