import * as z from 'zod';
import { dateText, objectId } from './common.ts';

/** A subject as administrators send it. */
export const Subject = z
  .looseObject({
    name: z.string().min(1),
    roles: z
      .union([z.array(z.string()), z.string()])
      .optional()
      .describe('Names of roles.'),
    notes: z.string().optional(),
    expires: z.string().optional().describe('ISO date after which its token is unknown.')
  })
  .meta({
    id: 'Subject',
    description: 'Somebody, or an app, with an access token.',
    examples: [{ name: 'Phone', roles: ['readable'] }]
  });

/** A subject as it was stored; the token is never inside. */
export const StoredSubject = z
  .looseObject({ ...Subject.shape, _id: objectId, created_at: dateText })
  .meta({ id: 'StoredSubject', description: 'A stored subject.' });

/** A subject in the list. */
export const ListedSubject = z
  .strictObject({
    _id: objectId,
    name: z.string(),
    accessToken: z.string().meta({ description: 'For apps.', examples: ['phone-1a2b3c4d5e6f7a8b'] }),
    roles: z.unknown().describe('Names of roles, as stored.'),
    expires: dateText.optional(),
    lastUsed: dateText.optional()
  })
  .meta({ id: 'ListedSubject', description: 'A subject and its access token.' });
