import * as z from 'zod';
import { dateText, numberOrText, storedFields } from './common.ts';

const fields = {
  created_at: dateText.nullish(),
  heartrate: numberOrText.optional().describe('Beats per minute.'),
  steps: numberOrText.optional(),
  activitylevel: z.unknown()
};

/** An activity as apps upload it. */
export const Activity = z.looseObject(fields).meta({
  id: 'Activity',
  description: 'Heart rate, steps or exercise. Other fields are kept as sent.',
  examples: [{ created_at: '2026-11-22T06:50:17.388Z', heartrate: 72, steps: 12 }]
});

/** An activity as v1 and v2 answer it. */
export const StoredActivity = z
  .looseObject({ ...storedFields, ...fields })
  .meta({ id: 'StoredActivity', description: 'A stored activity.' });
