import * as z from 'zod';
import { PLUGINS } from '../../plugins/index.ts';
import { mgdl, mills, numberOrText } from './common.ts';

const value = z.looseObject({});

const known: Readonly<Record<string, z.ZodType>> = {
  bgnow: z.looseObject({ mean: mgdl.nullish(), last: mgdl.nullish(), mills: mills.nullish(), sgvs: z.array(value).optional() }),
  delta: z.looseObject({
    mgdl: z.number().optional(),
    scaled: numberOrText.optional().describe('In the units of the site.'),
    display: z.string().optional(),
    mean5MinsAgo: z.number().optional(),
    interpolated: z.boolean().optional()
  }),
  buckets: z.array(value),
  direction: z.looseObject({ value: z.string().nullish(), label: z.string().nullish(), display: z.string().nullish() }),
  iob: z.looseObject({ iob: z.number().nullish().describe('U'), source: z.string().nullish(), display: numberOrText.optional() }),
  cob: z.looseObject({ cob: z.number().nullish().describe('g'), source: z.string().nullish(), display: numberOrText.optional() }),
  upbat: z.looseObject({ level: z.number().nullish().describe('Percent, in steps.'), display: z.string().nullish() })
};

/** Answer of `/properties`: what each plugin offers, under its name. */
export const Properties = z
  .looseObject(
    Object.fromEntries(
      PLUGINS.flatMap(({ name, offers }) =>
        offers.map((offer) => [offer, (known[offer] ?? z.unknown()).optional().describe(`Of the feature \`${name}\`.`)])
      )
    )
  )
  .meta({ id: 'Properties', description: 'Figures of the features that are on; those without a value are missing.' });
