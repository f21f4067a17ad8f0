import * as z from 'zod';

/** Answer of a delete by condition. */
export const Deleted = z
  .strictObject({ acknowledged: z.literal(true), deletedCount: z.int().describe('How many documents were deleted.') })
  .meta({ id: 'Deleted', description: 'How many documents were deleted.' });

/** Answer of `/count`. */
export const Counted = z.array(z.strictObject({ _id: z.null(), count: z.int() })).meta({
  id: 'Counted',
  description: 'One element with the count; an empty list for none.',
  examples: [[{ _id: null, count: 288 }]]
});

/** Answer of `/echo`. */
export const Echo = z
  .looseObject({ query: z.unknown(), input: z.unknown(), params: z.unknown(), storage: z.string() })
  .meta({ id: 'Echo', description: 'What a query becomes.' });

/** Answer of `/times/echo`. */
export const TimesEcho = z
  .looseObject({ req: z.unknown(), pattern: z.array(z.string()) })
  .meta({ id: 'TimesEcho', description: 'What the patterns become.' });

/** Answer of `/experiments/test`. */
export const TestAnswer = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'TestAnswer', description: 'The credentials are good.' });

/** Answer of `/authorization/debug/check`. */
export const CheckAnswer = z
  .strictObject({ check: z.literal(true) })
  .meta({ id: 'CheckAnswer', description: 'The caller has that permission.' });
