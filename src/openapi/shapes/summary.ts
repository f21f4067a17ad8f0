import * as z from 'zod';
import { mgdl, mills } from './common.ts';
import { ProfileStore } from './profile.ts';

const figure = z.number().nullish();

/** Answer of `/summary`. */
export const Summary = z
  .strictObject({
    sgvs: z.array(z.strictObject({ sgv: mgdl, mills, noise: z.unknown() })),
    treatments: z.strictObject({
      tempBasals: z.array(
        z.strictObject({
          start: mills,
          duration: z.number().describe('Seconds.'),
          absolute: z.number().nullable().describe('U/h')
        })
      ),
      treatments: z.array(
        z.strictObject({ mills, carbs: z.number().optional().describe('g'), insulin: z.number().optional().describe('U') })
      ),
      targets: z.array(
        z.strictObject({
          targetTop: z.number().nullable(),
          targetBottom: z.number().nullable(),
          duration: z.number().describe('Seconds.'),
          mills
        })
      )
    }),
    profile: ProfileStore.describe('The profile in force, without `timeAsSeconds`; may be empty.'),
    state: z.strictObject({
      iob: figure.describe('U'),
      cob: figure.describe('g'),
      bwp: figure.describe('U'),
      cage: figure.describe('Hours.'),
      sage: figure.describe('Hours.'),
      iage: figure.describe('Hours.'),
      bage: figure.describe('Hours.'),
      battery: figure.describe('Percent, in steps.')
    })
  })
  .meta({ id: 'Summary', description: 'The last hours in few bytes.' });
