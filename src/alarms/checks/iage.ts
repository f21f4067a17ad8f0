import { fieldsOf } from '../../plugins/reading.ts';
import { ageWishes } from './age.ts';
import type { Check } from './check.ts';

/** The insulin in the reservoir should be changed; never more than a warning. */
export const iage: Check = { name: 'iage', label: 'Insulin Age', run: ({ properties }) => ageWishes(fieldsOf(properties.iage)) };
