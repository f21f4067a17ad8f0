import * as z from 'zod';
import { dateText, mgdl, mills } from './common.ts';

const curve = z.strictObject({
  label: z.string().describe('`predicted` of Loop; with oref the assumption: `IOB`, `COB`, `aCOB`, `UAM`, `ZT`.'),
  values: z.array(mgdl).describe('The first at `start`, the others `interval` apart; always mg/dl.')
});

const prediction = z.strictObject({
  source: z.enum(['loop', 'openaps']).describe('`openaps` is everything built on oref: OpenAPS, AAPS, Trio, iAPS.'),
  device: z.string().nullable(),
  created_at: dateText.describe('Of the device status it came with.'),
  mills: mills.describe('Of the device status, epoch milliseconds.'),
  start: mills,
  interval: z.literal(300_000).describe('Milliseconds.'),
  curves: z.array(curve)
});

/** Answer of `/predictions`. */
export const Predictions = z.strictObject({ predictions: z.array(prediction) }).meta({
  id: 'Predictions',
  description: 'Glucose to come as Loop, OpenAPS, AAPS, Trio and iAPS see it.',
  examples: [
    {
      predictions: [
        {
          source: 'openaps',
          device: 'openaps://phone',
          created_at: '2026-11-22T06:50:17.388Z',
          mills: 1795330217388,
          start: 1795330216000,
          interval: 300_000,
          curves: [{ label: 'IOB', values: [133, 127, 121, 116] }]
        }
      ]
    }
  ]
});
