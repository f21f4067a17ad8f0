import { fieldsOf } from '../../plugins/reading.ts';
import { ageWishes } from './age.ts';
import type { Check } from './check.ts';

/** The pump's battery should be changed. */
export const bage: Check = { name: 'bage', label: 'Battery Age', run: ({ properties }) => ageWishes(fieldsOf(properties.bage)) };
