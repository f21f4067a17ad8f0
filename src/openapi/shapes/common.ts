import * as z from 'zod';

/** An instant in epoch milliseconds. */
export const mills = z.number().meta({ description: 'Epoch milliseconds.', examples: [1795330217388] });

/** A date as text; apps write it in many ways, so nothing is asked of it. */
export const dateText = z
  .string()
  .meta({ description: 'Date and time, ISO 8601 where the app keeps to it.', examples: ['2026-11-22T06:50:17.388Z'] });

/** `_id` of a stored document. */
export const objectId = z.string().meta({ description: '`_id`: 24 hexadecimal digits.', examples: ['6921a3c9d2f1b7a5e4c3b2a1'] });

/** Glucose in mg/dl, always. */
export const mgdl = z.number().meta({ description: 'mg/dl', examples: [112] });

/** A number that some apps send as text. */
export const numberOrText = z.union([z.number(), z.string()]).nullable();

const modified = mills.describe('When the document was last written, epoch milliseconds; rises strictly within a collection.');
const created = mills.describe('When the document was first stored, epoch milliseconds.');
const utcOffset = z.number().describe('Minutes east of UTC.');

/** What the server adds to every document v1 and v2 answer with; documents another server wrote may lack the times. */
export const storedFields = { _id: objectId, srvModified: modified.optional(), srvCreated: created.optional() };

/** What v3 shows of every document, never `_id`. */
export const v3Fields = {
  identifier: z
    .string()
    .optional()
    .describe('Address of the document: the one the app sent, else its `_id`. Always there, unless `fields` leaves it out.'),
  srvModified: modified.optional(),
  srvCreated: created.optional(),
  subject: z.string().optional().describe('Who wrote the whole document last.'),
  modifiedBy: z.string().optional().describe('Who changed or deleted it since.'),
  isValid: z.boolean().nullish().describe('`false` for a deleted document (history only).'),
  isReadOnly: z.boolean().nullish().describe('`true` locks the document.')
};

/** What v3 asks of a document that is written; everything else may be there as well. */
export const v3WriteFields = {
  identifier: z.string().optional().describe('Made from device, date and event type when absent.'),
  date: z
    .union([z.number(), z.string()])
    .optional()
    .describe('Epoch milliseconds, seconds or ISO text; `created_at` stands in for it.'),
  utcOffset: utcOffset.min(-1440).max(1440).optional(),
  app: z.string().describe('The app that wrote it.'),
  device: z.string().nullish()
};

/** Minutes east of UTC, as found in documents. */
export const offset = utcOffset.nullish();

/** Answer of a delete that has nothing to say. */
export const Empty = z.strictObject({}).meta({ id: 'Empty', description: 'An empty object.' });
