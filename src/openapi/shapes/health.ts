import { z } from 'zod';

/** Answer of the probes. */
export const Health = z
  .strictObject({
    status: z.enum(['ok', 'unavailable']),
    reason: z.enum(['storage', 'starting', 'closing']).optional().describe('Why requests should go elsewhere.')
  })
  .meta({ id: 'Health', description: 'What a platform goes by.' });
