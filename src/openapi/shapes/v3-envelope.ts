import * as z from 'zod';
import { V3_COLLECTIONS } from '../../collections/v3-document.ts';
import { mills } from './common.ts';
import { Server } from './status.ts';

/** `{status: 200, result}` around a result. */
export const result = <Shape extends z.ZodType>(shape: Shape) => z.strictObject({ status: z.literal(200), result: shape });

/** A list of documents of which `fields` may have left anything. */
export const results = <Shape extends z.ZodObject>(shape: Shape) => result(z.array(shape));

/** A document was stored that was not there before. */
export const V3Created = z.strictObject({ status: z.literal(201), identifier: z.string(), lastModified: mills }).meta({
  id: 'V3Created',
  description: 'A new document was stored.',
  examples: [{ status: 201, identifier: '95e1a6e3-1146-5d6a-a3f1-41567cae0895', lastModified: 1795330959873 }]
});

/** A POST found the document there already. */
export const V3Deduplicated = z
  .strictObject({
    status: z.literal(200),
    lastModified: mills,
    identifier: z.string(),
    isDeduplication: z.literal(true),
    deduplicatedIdentifier: z.string().optional().describe('The identifier it had before, if that was another one.')
  })
  .meta({ id: 'V3Deduplicated', description: 'The document was known already and has been replaced.' });

/** A PUT replaced a document. */
export const V3Replaced = z
  .strictObject({ status: z.literal(200), lastModified: mills })
  .meta({ id: 'V3Replaced', description: 'The document was replaced.' });

/** A PATCH or DELETE was done. */
export const V3Done = z.strictObject({ status: z.literal(200) }).meta({ id: 'V3Done', description: 'Done.' });

const version = {
  version: z.string().describe('Version of the server whose behaviour clients expect.'),
  apiVersion: z.string(),
  srvDate: mills.describe("The server's clock, epoch milliseconds."),
  storage: z.strictObject({ storage: z.string().describe('`mongodb` or `sqlite`.'), version: z.string() }),
  server: Server.optional()
};

/** Result of `GET /version`. */
export const V3Version = z.strictObject(version).meta({ id: 'V3Version', description: 'Who serves.' });

const letters = z
  .string()
  .regex(/^c?r?u?d?$/)
  .describe('Letters of create, read, update, delete.');

/** Result of `GET /status`. */
export const V3Status = z
  .strictObject({
    ...version,
    apiPermissions: z.strictObject(Object.fromEntries(V3_COLLECTIONS.map((name) => [name, letters.optional()])))
  })
  .meta({ id: 'V3Status', description: 'Who serves, and what the caller may do.' });

/** Result of `GET /lastModified`. */
export const V3LastModified = z
  .strictObject({
    srvDate: mills.describe("The server's clock, epoch milliseconds."),
    collections: z.strictObject(
      Object.fromEntries(V3_COLLECTIONS.map((name) => [name, mills.optional().describe('Epoch milliseconds.')]))
    )
  })
  .meta({ id: 'V3LastModified', description: 'When each collection the caller may read changed last.' });
