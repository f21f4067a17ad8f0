import { fieldsOf } from '../../plugins/reading.ts';
import { ageWishes } from './age.ts';
import type { Check } from './check.ts';

/** The cannula should be changed. */
export const cage: Check = { name: 'cage', label: 'Cannula Age', run: ({ properties }) => ageWishes(fieldsOf(properties.cage)) };
