import * as z from 'zod';
import { mills, objectId } from './common.ts';
import { AnyDocument, DbStats, LiveCal, LiveMbg, LiveSgv, Timed } from './live.ts';

const tooMany = z.literal('Too many requests');

/** What `authorize` says. */
export const Authorize = z
  .looseObject({
    client: z.string().optional().describe('Name of the kind of client; not looked at.'),
    secret: z.string().nullish().describe('SHA-1 (or SHA-512) of the API secret as hexadecimal digits, or an access token.'),
    token: z.string().nullish().describe('JWT.'),
    status: z.boolean().optional().describe('Whether packets shall carry `status`.'),
    history: z.unknown().describe('Hours; not looked at: everything of the last 48 hours is sent.')
  })
  .meta({ id: 'Authorize', description: 'Credentials; without any the caller is an anonymous visitor.' });

/** Answer to `authorize`. */
export const Rights = z
  .union([
    z.strictObject({ read: z.boolean(), write: z.boolean(), write_treatment: z.boolean() }),
    z.strictObject({ result: z.literal('Bad message') }),
    z.strictObject({ result: tooMany, retryAfter: z.int().describe('Seconds.') })
  ])
  .meta({ id: 'Rights', description: 'What the socket may from now on, or why nothing was looked at.' });

const collection = z.enum(['treatments', 'entries', 'devicestatus', 'profile', 'food', 'activity']);

/** What `dbAdd` says. */
export const DbAdd = z
  .looseObject({
    collection,
    data: z.union([AnyDocument, z.array(AnyDocument)]).describe('One document, or a list of them.')
  })
  .meta({ id: 'DbAdd', description: 'A document to be stored.' });

/** What `dbUpdate` and `dbUpdateUnset` say. */
export const DbUpdate = z
  .looseObject({
    collection,
    _id: objectId,
    data: AnyDocument.describe('Fields to set, or fields to take away (their values do not count).')
  })
  .meta({ id: 'DbUpdate', description: 'Fields of a stored document to be set or taken away.' });

/** What `dbRemove` says. */
export const DbRemove = z
  .looseObject({ collection, _id: objectId })
  .meta({ id: 'DbRemove', description: 'A document to be deleted.' });

const refused = z.union([
  z.strictObject({
    result: z.enum(['Wrong collection', 'Not authorized', 'Not permitted', 'Missing _id', 'Not stored, try again'])
  }),
  z.strictObject({ result: tooMany, retryAfter: z.int().describe('Seconds.') })
]);

/** Answer to `dbAdd`. */
export const DbAdded = z.union([z.array(AnyDocument), refused]).meta({
  id: 'DbAdded',
  description: 'The documents as stored (none where the server does not take them), or why nothing was stored.'
});

/** Answer to the other writes. */
export const DbDone = z
  .union([z.strictObject({ result: z.literal('success') }), refused])
  .meta({ id: 'DbDone', description: 'Done (also where there was nothing to do), or why nothing was changed.' });

/** Answer to `loadRetro`. */
export const RetroAnswer = z
  .union([
    z.strictObject({ result: z.literal('success') }),
    z.strictObject({ result: tooMany, retryAfter: z.int().describe('Seconds.') })
  ])
  .meta({ id: 'RetroAnswer', description: 'Whether `retroUpdate` follows.' });

const removal = z
  .strictObject({ _id: objectId, mills, action: z.literal('remove') })
  .meta({ id: 'Removal', description: 'A document that is gone.' });
const listOf = (shape: z.ZodType) => z.array(z.union([removal, shape])).optional();

/** What `dataUpdate` says. */
export const DataUpdate = z
  .looseObject({
    delta: z.literal(true).optional().describe('Only in deltas. A packet without it replaces everything the client has.'),
    lastUpdated: mills.optional(),
    sgvs: listOf(LiveSgv),
    mbgs: listOf(LiveMbg),
    cals: listOf(LiveCal),
    treatments: listOf(Timed),
    devicestatus: listOf(Timed),
    profiles: z.array(AnyDocument).optional(),
    food: z.array(AnyDocument).optional(),
    dbstats: DbStats.optional(),
    status: z.looseObject({}).optional().describe('State and settings of the site.')
  })
  .meta({ id: 'DataUpdate', description: 'The recent past, or what changed in it; lists ascend by `mills`.' });

/** What `retroUpdate` says. */
export const RetroUpdate = z
  .strictObject({ devicestatus: z.array(Timed) })
  .meta({ id: 'RetroUpdate', description: 'The device statuses of the last day; none for those who may not read.' });

/** What `clients` says. */
export const ClientCount = z.int().meta({ id: 'ClientCount', description: 'How many sockets are connected.' });
