import * as z from 'zod';
import { dateText, mgdl, mills, numberOrText, offset, storedFields, v3Fields, v3WriteFields } from './common.ts';

const fields = {
  type: z.string().optional().describe('`sgv` (sensor), `mbg` (meter), `cal` (calibration) or any other kind.'),
  // forms upload numbers as text, and what was uploaded comes back as it was
  date: z.union([mills, z.string()]).optional(),
  dateString: dateText.nullish(),
  sysTime: dateText.nullish().describe('`dateString` in UTC.'),
  utcOffset: offset,
  sgv: z.union([mgdl, z.string()]).nullish(),
  mbg: z.union([mgdl, z.string()]).nullish(),
  direction: z
    .string()
    .nullish()
    .meta({ description: 'Trend, an arrow in words.', examples: ['Flat', 'FortyFiveUp', 'SingleDown', 'NOT COMPUTABLE'] }),
  delta: z.number().nullish().describe('Change in five minutes, mg/dl.'),
  device: z.string().nullish(),
  noise: numberOrText.optional().describe('1 clean … 4 heavy.'),
  filtered: numberOrText.optional(),
  unfiltered: numberOrText.optional(),
  rssi: numberOrText.optional(),
  slope: z.number().nullish(),
  intercept: z.number().nullish(),
  scale: z.number().nullish(),
  identifier: z.string().nullish()
};

/** An entry as apps upload it. */
export const Entry = z.looseObject(fields).meta({
  id: 'Entry',
  description: 'A glucose value, calibration or other record of a sensor or meter. Fields not named here are kept as sent.',
  examples: [
    {
      type: 'sgv',
      sgv: 112,
      date: 1795330217388,
      dateString: '2026-11-22T06:50:17.388Z',
      direction: 'Flat',
      device: 'xDrip-DexcomG6'
    }
  ]
});

/** An entry as v1 and v2 answer it. */
export const StoredEntry = z
  .looseObject({ ...storedFields, ...fields })
  .meta({ id: 'StoredEntry', description: 'A stored entry.' });

/** An entry as v3 takes it. */
export const V3EntryInput = z
  .looseObject({ ...fields, ...v3WriteFields })
  .meta({ id: 'V3EntryInput', description: 'An entry to be written through v3.' });

/** An entry as v3 shows it. */
export const V3Entry = z.looseObject({ ...fields, ...v3Fields }).meta({ id: 'V3Entry', description: 'An entry as v3 shows it.' });
