import * as z from 'zod';
import { MOVE_NAMES } from '../../move/names.ts';
import { WHATS } from '../../move/verdict.ts';

/** Body of `/import`. */
export const ImportBatch = z
  .object({
    collection: z.enum(MOVE_NAMES as [string, ...string[]]).describe('What all of them are.'),
    dryRun: z.boolean().optional().describe('Nothing is stored; the answer is what it would be.'),
    documents: z
      .array(
        z.object({
          doc: z.looseObject({}).describe('The document as it is stored there.'),
          how: z
            .enum(['ask', 'alone', 'same'])
            .optional()
            .describe(
              'When a stored document with another `_id` has the same time and kind: answer `alike` (the default), keep both, or take it for the same one.'
            )
        })
      )
      .max(1000)
  })
  .meta({
    id: 'ImportBatch',
    description: 'Documents of one collection.',
    examples: [
      {
        collection: 'entries',
        documents: [{ doc: { _id: '65f0c0ffee65f0c0ffee65f0', type: 'sgv', sgv: 120, date: 1_767_323_045_000 } }]
      }
    ]
  });

/** Answer of `/import`. */
export const ImportVerdicts = z
  .object({
    verdicts: z.array(
      z.object({
        what: z
          .enum([...WHATS, 'alike'])
          .describe('`newer`: what is here was changed later and stays. `deleted`: it was deleted here.'),
        detail: z.string().optional().describe('Why it was refused.'),
        names: z.array(z.string()).optional().describe('`_id` and `identifier` of the one that is alike.')
      })
    )
  })
  .meta({ id: 'ImportVerdicts', description: 'One for each document.' });
