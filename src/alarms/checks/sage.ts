import { fieldsOf } from '../../plugins/reading.ts';
import { ageWishes } from './age.ts';
import type { Check } from './check.ts';
import { wordOf } from './words.ts';

/** The sensor should be changed: counted from its start or its change, whichever came last. */
export const sage: Check = {
  name: 'sage',
  label: 'Sensor Age',
  run({ properties }) {
    const property = fieldsOf(properties.sage);
    return ageWishes(fieldsOf(property[wordOf(property.min) ?? '']));
  }
};
