import * as z from 'zod';
import { dateText, mills, numberOrText, offset, storedFields, v3Fields, v3WriteFields } from './common.ts';

const fields = {
  eventType: z
    .string()
    .nullish()
    .meta({
      description: 'What happened.',
      examples: ['Meal Bolus', 'Correction Bolus', 'Temp Basal', 'Temporary Target', 'Site Change', 'Note', 'Announcement']
    }),
  created_at: dateText.nullish(),
  timestamp: z.union([z.string(), z.number()]).nullish().describe('Some apps write the time here.'),
  utcOffset: offset,
  enteredBy: z.string().nullish(),
  notes: z.string().nullish(),
  insulin: numberOrText.optional().describe('U'),
  carbs: numberOrText.optional().describe('g'),
  protein: numberOrText.optional().describe('g'),
  fat: numberOrText.optional().describe('g'),
  glucose: numberOrText.optional().describe('In `units`, else in the units of the site.'),
  glucoseType: z.string().nullish().describe('`Sensor`, `Finger` or `Manual`.'),
  units: z.string().nullish().describe('`mg/dl` or `mmol`.'),
  duration: numberOrText.optional().describe('Minutes.'),
  durationInMilliseconds: z.number().nullish(),
  absolute: numberOrText.optional().describe('Temporary basal rate, U/h.'),
  rate: numberOrText.optional().describe('Temporary basal rate, U/h.'),
  percent: numberOrText.optional().describe('Temporary basal, change in percent.'),
  profile: z.string().nullish().describe('Name of the profile switched to.'),
  targetTop: numberOrText.optional(),
  targetBottom: numberOrText.optional(),
  syncIdentifier: z.string().nullish().describe("Loop's own id."),
  identifier: z.string().nullish()
};

/** A treatment as apps upload it. */
export const Treatment = z.looseObject(fields).meta({
  id: 'Treatment',
  description:
    'Something done or noted: insulin, carbs, a temporary basal or target, a change of site. Other fields are kept as sent.',
  examples: [{ eventType: 'Meal Bolus', created_at: '2026-11-22T06:50:17.388Z', insulin: 4.2, carbs: 45, enteredBy: 'Loop' }]
});

/** A treatment as `GET` of v1 answers it. */
export const StoredTreatment = z
  .looseObject({
    ...storedFields,
    ...fields,
    insulin: z.number().nullable().describe('U; null for none.'),
    carbs: z.number().nullable().describe('g; null for none.'),
    mills: mills.optional().describe('Only for requests with `?token=`.'),
    endmills: mills.optional().describe('Only for requests with `?token=`.')
  })
  .meta({
    id: 'StoredTreatment',
    description: 'A stored treatment: `carbs` and `insulin` are always there, as numbers or null.'
  });

/** A treatment as a write of v1 answers it. */
export const WrittenTreatment = z
  .looseObject({ ...storedFields, ...fields })
  .meta({ id: 'WrittenTreatment', description: 'A treatment as it was understood and stored.' });

/** A treatment as v3 takes it. */
export const V3TreatmentInput = z
  .looseObject({ ...fields, ...v3WriteFields })
  .meta({ id: 'V3TreatmentInput', description: 'A treatment to be written through v3.' });

/** A treatment as v3 shows it. */
export const V3Treatment = z
  .looseObject({ ...fields, ...v3Fields })
  .meta({ id: 'V3Treatment', description: 'A treatment as v3 shows it.' });
