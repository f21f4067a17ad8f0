import type { Config } from '../config/config.ts';

/** A parameter as OpenAPI writes it. */
interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly description: string;
  readonly required?: true;
  readonly style?: 'deepObject';
  readonly explode?: true;
  schema: Record<string, unknown>;
  readonly example?: unknown;
}

type Known = Pick<Config, 'apiMaxCount' | 'api3'>;

const TEXT = { type: 'string' };
const WHOLE = { type: 'integer' };

const query = (name: string, description: string, schema: Parameter['schema'] = TEXT): Parameter => ({
  name,
  in: 'query',
  description,
  schema
});
const header = (name: string, description: string): Parameter => ({ name, in: 'header', description, schema: TEXT });
const path = (name: string, description: string, schema: Parameter['schema'] = TEXT): Parameter => ({
  name,
  in: 'path',
  required: true,
  description,
  schema
});

/** Every parameter once; the limits are those of the site. */
export const parameters = ({ apiMaxCount, api3 }: Known) =>
  ({
    find: {
      ...query(
        'find',
        'Conditions in brackets: `find[sgv][$gte]=120`, `find[type]=sgv`, `find[$or][0][…]`. Operators as in MongoDB; `$where` and the like are refused. Without a condition on the date only the last four days are looked at.',
        { type: 'object', additionalProperties: true }
      ),
      style: 'deepObject',
      explode: true,
      example: { type: 'sgv' }
    },
    count: query('count', 'How many at most; the default depends on the collection.', {
      ...WHOLE,
      minimum: 1,
      maximum: apiMaxCount
    }),
    sortV1: query('sort', 'A field, ascending; or `sort[date]=-1`.'),
    spec: path('spec', 'An `_id` (24 lower-case hexadecimal digits), or a type such as `sgv`, `mbg`, `cal`.'),
    deleteSpec: path('spec', 'An `_id` (24 lower-case hexadecimal digits), a type, or `*` for every type.'),
    id: path('id', 'An `_id`; `*` leaves the choice to `find`. Treatments also answer to the UUID of a Loop override.'),
    _id: path('_id', 'An `_id`: 24 hexadecimal digits.', { ...TEXT, pattern: '^[0-9a-fA-F]{24}$' }),
    storage: path('storage', 'A collection; any other word means entries.', {
      ...TEXT,
      enum: ['entries', 'treatments', 'devicestatus']
    }),
    echoStorage: path('storage', 'A collection.', { ...TEXT, enum: ['entries', 'treatments', 'devicestatus', 'activity'] }),
    field: path('field', 'Name of a field.'),
    type: path('type', 'Only documents of this type.'),
    model: path('model', 'Only documents of this type.'),
    echoId: path('id', 'Anything; it is repeated in the answer.'),
    prefix: path('prefix', 'Regular expression the text begins with; braces are expanded: `2026-11-{20..22}`.'),
    regex: path('regex', 'Regular expression found anywhere after it; braces are expanded: `T{13..18}:{00..15}`.'),
    ifModifiedSince: header('If-Modified-Since', 'Answer 304 when the newest document is not newer.'),
    ifNoneMatch: header('If-None-Match', 'Answer 304 when the ETag is still the same.'),
    ifMatch: header('If-Match', 'Only when the stored document still has this `srvModified`; else 412.'),
    ifUnmodifiedSince: header('If-Unmodified-Since', 'Only when the stored document has not changed since; else 412.'),
    level: query('level', '1 for a warning, 2 for an urgent alarm (silences 1 as well).', { ...WHOLE, enum: [1, 2] }),
    group: query('group', 'Group of the alarm; `default` when absent.'),
    silence: query('time', 'For how long, milliseconds; 30 minutes when absent.', WHOLE),
    pretty: query('pretty', 'Anything: the answer is indented.'),
    names: path('names', 'Names of properties with commas between: `iob,cob`. Unknown ones are left out.'),
    at: path('at', 'The moment, as an ISO date.'),
    hours: query('hours', 'How far back; 6 when absent.', { type: 'number' }),
    accessToken: path('token', 'An access token, its SHA-1, or a JWT that still holds.'),
    permission: path('permission', 'The permission to be tried, such as `api:entries:read`.'),
    units: query('units', '`mmol` for mmol/l; the units of the site when absent.', { ...TEXT, enum: ['mg/dl', 'mmol'] }),
    pebbleCount: query('count', 'How many readings; 1 when absent.', WHOLE),
    identifier: path('identifier', '`identifier` or `_id` of the document.'),
    limit: query('limit', 'How many at most.', { ...WHOLE, minimum: 1, maximum: api3.maxLimit, default: api3.maxLimit }),
    skip: query('skip', 'How many to pass over.', { ...WHOLE, minimum: 0, default: 0 }),
    sort: query('sort', 'Field to sort by, ascending; then identifier, created_at, date.'),
    sortDescending: query('sort$desc', 'Field to sort by, descending.'),
    fields: query('fields', 'Names of top-level fields with commas between; `_all` for everything.'),
    filters: {
      ...query(
        'filters',
        'Every other parameter is a condition, `<field>=…` or `<field>$<operator>=…` with eq, ne, gt, gte, lt, lte, in, nin (values with `|` between) or re: `sgv$gte=120`. All of them must hold.',
        { type: 'object', additionalProperties: TEXT }
      ),
      example: { type: 'sgv', sgv$gte: '120' }
    },
    permanent: query('permanent', '`true` removes the document for good instead of marking it deleted.', {
      ...TEXT,
      enum: ['true', 'false']
    }),
    since: path('since', 'Changes after this moment: epoch milliseconds, seconds or ISO text.'),
    sinceHeader: header('Last-Modified', 'Changes in or after this second, as an HTTP date. Must be there.'),
    asset: path('asset', 'A file of the page.')
  }) as const satisfies Readonly<Record<string, Parameter>>;

/** Key of a parameter in {@link parameters}. */
export type ParameterName = keyof ReturnType<typeof parameters>;
