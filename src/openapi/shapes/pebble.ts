import * as z from 'zod';
import { mills, numberOrText } from './common.ts';

/** Answer of `/pebble`. */
export const Pebble = z
  .strictObject({
    status: z.array(z.strictObject({ now: mills.describe("The server's clock, epoch milliseconds.") })),
    bgs: z.array(
      z.strictObject({
        sgv: z.string().describe('mg/dl as a whole number, or mmol/l with one decimal.'),
        trend: z.int().min(0).max(9).describe('0 none, 1 DoubleUp … 4 Flat … 7 DoubleDown, 8 not computable, 9 out of range.'),
        direction: z.string().nullish(),
        datetime: mills,
        filtered: numberOrText.optional(),
        unfiltered: numberOrText.optional(),
        noise: numberOrText.optional(),
        bgdelta: z.union([z.number(), z.string()]).optional().describe('Of the newest only: mg/dl as a number, mmol/l as text.'),
        battery: z.string().optional().describe('Percent, of the newest only.'),
        iob: z.union([z.string(), z.number()]).optional().describe('U, of the newest only.'),
        bwp: z.string().optional().describe('U, of the newest only.'),
        bwpo: z.number().nullish().describe('Glucose after the bolus, of the newest only.'),
        cob: z.number().optional().describe('g, of the newest only.')
      })
    ),
    cals: z.array(
      z.strictObject({ slope: numberOrText.optional(), intercept: numberOrText.optional(), scale: numberOrText.optional() })
    )
  })
  .meta({ id: 'Pebble', description: 'The last readings, for watches.' });
