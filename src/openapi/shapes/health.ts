import * as z from 'zod';

/** Answer of the probes. */
export const Health = z
  .strictObject({
    status: z.enum(['ok', 'unavailable']),
    reason: z.enum(['storage', 'starting', 'closing']).optional().describe('Why requests should go elsewhere.'),
    redis: z
      .enum(['connected', 'away'])
      .optional()
      .describe('Whether the other processes of the site are heard; only with REDIS_URL.')
  })
  .meta({ id: 'Health', description: 'What a platform goes by.' });
