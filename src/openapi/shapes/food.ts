import * as z from 'zod';
import { dateText, numberOrText, storedFields, v3Fields, v3WriteFields } from './common.ts';

const fields = {
  type: z.string().nullish().describe('`food`, or `quickpick` for a set of foods.'),
  name: z.string().nullish(),
  category: z.string().nullish(),
  subcategory: z.string().nullish(),
  portion: numberOrText.optional().describe('Size of a portion, in `unit`.'),
  unit: z.string().nullish(),
  carbs: numberOrText.optional().describe('g per portion'),
  fat: numberOrText.optional().describe('g per portion'),
  protein: numberOrText.optional().describe('g per portion'),
  energy: numberOrText.optional().describe('kJ per portion'),
  gi: numberOrText.optional().describe('1 low, 2 medium, 3 high.'),
  foods: z.unknown().describe('Of a quick pick: what it consists of.'),
  position: numberOrText.optional().describe('Of a quick pick: its place in the list.'),
  hidden: z.union([z.boolean(), z.string()]).nullish().describe('Of a quick pick: the text `"false"` shows it.'),
  created_at: dateText.nullish(),
  identifier: z.string().nullish()
};

/** A food as apps upload it. */
export const Food = z.looseObject(fields).meta({
  id: 'Food',
  description: 'A food, or a quick pick of several. Other fields are kept as sent.',
  examples: [{ type: 'food', name: 'Apple', category: 'Fruit', portion: 100, unit: 'g', carbs: 11 }]
});

/** A food as v1 and v2 answer it. */
export const StoredFood = z.looseObject({ ...storedFields, ...fields }).meta({ id: 'StoredFood', description: 'A stored food.' });

/** A food as v3 takes it. */
export const V3FoodInput = z
  .looseObject({ ...fields, ...v3WriteFields })
  .meta({ id: 'V3FoodInput', description: 'A food to be written through v3.' });

/** A food as v3 shows it. */
export const V3Food = z.looseObject({ ...fields, ...v3Fields }).meta({ id: 'V3Food', description: 'A food as v3 shows it.' });
