import * as z from 'zod';
import { CATALOGUE } from '../../errors.ts';

const statuses = [...new Set(Object.values(CATALOGUE).map(({ status }) => status))].sort((a, b) => a - b);
const titles = [...new Set(Object.values(CATALOGUE).map(({ message }) => message))].sort();

/** How v1 and v2 spell a refusal. */
export const Problem = z
  .strictObject({
    status: z.int().meta({ description: 'The HTTP status again.', examples: statuses }),
    message: z.string().meta({ description: 'What kind of refusal it is.', examples: titles }),
    description: z.unknown().describe('What exactly was wrong; where a database failed, its own words.')
  })
  .meta({
    id: 'Problem',
    description: 'Why a request was refused; nothing was changed.',
    examples: [{ status: 401, message: 'Unauthorized', description: 'Invalid/Missing' }]
  });

/** How v3 spells a refusal. */
export const V3Problem = z
  .strictObject({
    status: z.int().meta({ description: 'The HTTP status again.', examples: statuses }),
    message: z
      .string()
      .optional()
      .describe('What was wrong; absent where the status says it all (missing and deleted documents, 412).'),
    requestId: z.string().optional().describe('Of an unexpected failure: under this id it is logged.')
  })
  .meta({
    id: 'V3Problem',
    description: 'Why a request was refused; nothing was changed.',
    examples: [{ status: 403, message: 'Missing permission api:entries:read' }]
  });
