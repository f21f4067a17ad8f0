import * as z from 'zod';
import { dateText, numberOrText, storedFields, v3Fields, v3WriteFields } from './common.ts';

const Schedule = z
  .array(
    z.looseObject({
      time: z.string().nullish().describe('`HH:mm` in the timezone of the profile.'),
      timeAsSeconds: numberOrText.optional().describe('Seconds since midnight.'),
      value: numberOrText.optional()
    })
  )
  .meta({ id: 'Schedule', description: 'Values by the time of day.' });

const schedule = z.union([Schedule, z.number(), z.string()]).nullish();

/** One named profile of a record. */
export const ProfileStore = z
  .looseObject({
    dia: numberOrText.optional().describe('Duration of insulin action, hours.'),
    carbratio: schedule.describe('g per U'),
    sens: schedule.describe('Fall per U, in `units`.'),
    basal: schedule.describe('U/h'),
    target_low: schedule,
    target_high: schedule,
    carbs_hr: numberOrText.optional().describe('g per hour'),
    delay: numberOrText.optional().describe('Minutes.'),
    timezone: z.string().nullish(),
    units: z.string().nullish().describe('`mg/dl` or `mmol`.')
  })
  .meta({ id: 'ProfileStore', description: 'Basal rates, ratios, sensitivities and targets.' });

const fields = {
  defaultProfile: z.string().nullish().describe('Name of the one in force.'),
  startDate: dateText.nullish(),
  created_at: dateText.nullish(),
  units: z.string().nullish(),
  mills: numberOrText.optional().describe('Epoch milliseconds.'),
  store: z
    .record(z.string(), z.union([ProfileStore, z.null()]))
    .nullish()
    .describe('Profiles by name.'),
  identifier: z.string().nullish()
};

/** A profile record as apps upload it. */
export const Profile = z.looseObject(fields).meta({
  id: 'Profile',
  description: 'A set of named profiles, in force from `startDate` on. Other fields are kept as sent.',
  examples: [
    {
      defaultProfile: 'Default',
      startDate: '2026-11-22T00:00:00.000Z',
      units: 'mg/dl',
      store: { Default: { dia: 5, timezone: 'UTC', basal: [{ time: '00:00', value: 0.8 }] } }
    }
  ]
});

/** A profile record as v1 and v2 answer it. */
export const StoredProfile = z
  .looseObject({ ...storedFields, ...fields })
  .meta({ id: 'StoredProfile', description: 'A stored profile record.' });

/** A profile record as v3 takes it. */
export const V3ProfileInput = z
  .looseObject({ ...fields, ...v3WriteFields })
  .meta({ id: 'V3ProfileInput', description: 'A profile record to be written through v3.' });

/** A profile record as v3 shows it. */
export const V3Profile = z
  .looseObject({ ...fields, ...v3Fields })
  .meta({ id: 'V3Profile', description: 'A profile record as v3 shows it.' });
