import * as z from 'zod';
import { V3_COLLECTIONS } from '../../collections/v3-document.ts';
import { mills } from './common.ts';

/** What `subscribe` says on `/storage`. */
export const StorageSubscribe = z
  .looseObject({
    accessToken: z.string().describe('An access token. A JWT or the API secret will not do.'),
    collections: z
      .array(z.string())
      .optional()
      .describe('Names of collections; all six when absent. Unknown names are passed over.')
  })
  .meta({ id: 'StorageSubscribe', description: 'Who listens, and to what.' });

/** Answer to it. */
export const StorageSubscribed = z
  .union([
    z.strictObject({ success: z.literal(true), collections: z.array(z.enum(V3_COLLECTIONS)) }),
    z.strictObject({
      success: z.literal(false),
      message: z.enum(['Missing or bad accessToken', 'Unauthorized to receive any collection'])
    })
  ])
  .meta({ id: 'StorageSubscribed', description: 'The collections whose changes will come, or why none will.' });

const colName = z.enum(V3_COLLECTIONS).describe('The collection.');

/** What `create` and `update` say. */
export const StorageChange = z
  .strictObject({
    colName,
    doc: z.looseObject({ identifier: z.string(), srvModified: mills }).describe('The whole document as v3 shows it, never `_id`.')
  })
  .meta({ id: 'StorageChange', description: 'A document as it is now.' });

/** What `delete` says. */
export const StorageDelete = z
  .strictObject({ colName, identifier: z.string() })
  .meta({ id: 'StorageDelete', description: 'A document that is gone.' });
