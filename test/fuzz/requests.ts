import fc from 'fast-check';
import type { Operation } from '../openapi/kit.ts';
import { BODIES, BYTES, HEADER_NAMES, HEADER_VALUES, KEYS, NASTY_KEYS, OPERATORS, SEGMENTS, VALUES } from './corpus.ts';
import { time } from './documents.ts';
import type { HttpInput, RawInput } from './input.ts';

type Documents = (collection: string) => fc.Arbitrary<unknown>;
type Headers = Record<string, string>;

const encode = (text: unknown): string => {
  const plain = typeof text === 'string' ? text : (JSON.stringify(text) ?? '');
  // what is left open is filled in later; lone surrogates cannot be encoded
  if (/^\{\{[^}]*\}\}$/.test(plain)) return plain;
  return encodeURIComponent(Buffer.from(plain).toString());
};

const scalar = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 2, arbitrary: time },
  fc.constantFrom<unknown>('sgv', 'G6', '100', '{{id:0}}', '{{identifier:1}}', 'a|b|c', 'Note', '-1', 'true'),
  fc.string({ maxLength: 10, unit: 'binary' })
);
const field = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 2, arbitrary: fc.constantFrom(...NASTY_KEYS) },
  fc.string({ maxLength: 4 })
);
const bracket = fc.oneof(field, fc.constantFrom(...OPERATORS), fc.constantFrom('0', '1', '', '99999999999'));

const find = fc
  .tuple(fc.constantFrom('find', 'find', 'find', 'sort', 'count', 'fields'), fc.array(bracket, { maxLength: 5 }), scalar)
  .map(([name, keys, text]) => `${name}${keys.map((one) => `[${encode(one)}]`).join('')}=${encode(text)}`);
/** A condition that is understood, so that what lies behind the parser is reached. */
const sound = fc
  .tuple(
    fc.constantFrom(
      'sgv',
      'date',
      'created_at',
      'eventType',
      'notes',
      'insulin',
      '_id',
      'identifier',
      'type',
      'device',
      'duration'
    ),
    fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$regex', '$exists', ''),
    scalar
  )
  .map(([name, operator, text]) => `find[${name}]${operator && `[${operator}]`}=${encode(text)}`);
const condition = fc
  .tuple(field, fc.constantFrom('', '$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$re', '$x', '$'), scalar)
  .map(([name, operator, text]) => `${encode(name)}${operator}=${encode(text)}`);
const plain = fc
  .tuple(
    fc.constantFrom(
      ...[
        'count',
        'skip',
        'limit',
        'sort',
        'sort$desc',
        'fields',
        'permanent',
        'hours',
        'units',
        'level',
        'group',
        'time',
        'pretty'
      ],
      ...['now', 'token', 'secret', '_', 'callback', 'at', 'date', 'ts']
    ),
    fc.oneof(
      scalar,
      fc.constantFrom('1', '10', '1000', 'date', '_all', 'date,sgv', 'created_at', 'srvModified', 'mmol', '{{token:reader}}')
    )
  )
  .map(([name, text]) => `${name}=${encode(text)}`);
const junk = fc.oneof(
  fc.constantFrom(
    '',
    '&&',
    '=',
    '=&=',
    '%',
    '%zz=1',
    '%00=%00',
    'a=%ff%fe',
    'find',
    'find=1',
    'find[',
    'find]',
    'find[]=1',
    'find[[a]]=1',
    'a[b]=1&a=2'
  ),
  fc.integer({ min: 1, max: 60 }).map((depth) => `find${'[a]'.repeat(depth)}=1`),
  fc.integer({ min: 1, max: 400 }).map((many) => Array.from({ length: many }, (_, i) => `find[f${i}]=${i}`).join('&'))
);

const query = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: plain },
      { weight: 3, arbitrary: sound },
      { weight: 3, arbitrary: find },
      { weight: 3, arbitrary: condition },
      { weight: 1, arbitrary: junk }
    ),
    { maxLength: 4 }
  )
  .map((parts) => (parts.length > 0 ? `?${parts.join('&')}` : ''));

const header = fc.tuple(
  fc.constantFrom(...HEADER_NAMES),
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...HEADER_VALUES) },
    fc.constantFrom('{{etag}}', '{{secret}}', '{{jwt:reader}}', 'Bearer {{jwt:admin}}')
  )
);
const headers = fc.array(header, { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs) as Headers);

/** Who asks: mostly somebody who may, as a refusal at the door tests only the door. */
const credentials = (isV3: boolean): fc.Arbitrary<Headers> =>
  isV3
    ? fc.oneof(
        { weight: 12, arbitrary: fc.constant<Headers>({ authorization: 'Bearer {{jwt:admin}}' }) },
        { weight: 3, arbitrary: fc.constant<Headers>({ authorization: 'Bearer {{jwt:reader}}' }) },
        { weight: 1, arbitrary: fc.constantFrom<Headers>({}, { authorization: 'Bearer wrong' }, { 'api-secret': '{{secret}}' }) }
      )
    : fc.oneof(
        { weight: 10, arbitrary: fc.constant<Headers>({ 'api-secret': '{{secret}}' }) },
        { weight: 3, arbitrary: fc.constant<Headers>({ authorization: 'Bearer {{jwt:admin}}' }) },
        {
          weight: 3,
          arbitrary: fc.constantFrom<Headers>(
            {},
            { 'api-secret': '{{token:reader}}' },
            { authorization: 'Bearer {{jwt:reader}}' }
          )
        },
        {
          weight: 1,
          arbitrary: fc.constantFrom<Headers>(
            { 'api-secret': 'wrong' },
            { authorization: 'Bearer wrong' },
            { authorization: 'Basic eDp5' }
          )
        }
      );

/** What may stand in a path in place of a parameter. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  spec: ['sgv', 'mbg', 'current', '{{id:0}}', '{{id:5}}', '*'],
  id: ['{{id:0}}', '{{id:2}}', '{{id:9}}', '*'],
  _id: ['{{id:1}}', 'f'.repeat(24)],
  storage: ['entries', 'treatments', 'devicestatus', 'activity'],
  field: ['dateString', 'created_at', 'device', 'type'],
  type: ['sgv', 'mbg'],
  model: ['sgv'],
  prefix: ['2026-11', '2026-11-{20..22}', '.*'],
  regex: ['T{10..14}:.*', '.*'],
  names: ['iob,bgnow,cob', 'loop', 'openaps,pump', 'basal,cage,sage'],
  permission: ['api:entries:read', '*'],
  since: ['1795170000000', '1795170000', '2026-11-20T00:00:00Z', '0'],
  identifier: ['{{identifier:0}}', '{{identifier:1}}', '{{identifier:4}}', '{{id:0}}', 'fuzz-1'],
  at: ['2026-11-20T12:00:00Z', '2026-11-20'],
  asset: ['swagger-ui.css', 'swagger-ui-bundle.js'],
  token: ['{{token:reader}}', '{{jwt:reader}}']
};
const segmentFor = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...(SAMPLES[name] ?? ['x'])) },
    { weight: 2, arbitrary: fc.constantFrom(...SEGMENTS).map((one) => (/^[%;]/.test(one) ? one : encode(one))) },
    { weight: 1, arbitrary: scalar.map((one) => encode(one) || 'x') }
  );

function pathOf(operation: Operation): fc.Arbitrary<string> {
  const parts = operation.path.split('/').map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name === undefined ? fc.constant(part) : segmentFor(name);
  });
  const extension = fc.constantFrom(
    '',
    '',
    '',
    '',
    '.json',
    '.csv',
    '.tsv',
    '.txt',
    '.html',
    '.xml',
    '.nosuch',
    '/',
    '/x',
    '.',
    '//'
  );
  return fc.tuple(fc.tuple(...parts), extension).map(([path, end]) => path.join('/') + end);
}

const NOUNS = /entries|treatments|devicestatus|profile|food|activity|settings|subjects|roles/;

function body(operation: Operation, documents: Documents): fc.Arbitrary<Pick<HttpInput, 'body'> & { type?: string }> {
  const json = documents(NOUNS.exec(operation.path)?.[0] ?? 'other').map((doc) => ({
    body: JSON.stringify(doc) ?? '',
    type: 'application/json'
  }));
  const form = fc
    .array(fc.oneof(find, condition, plain), { maxLength: 4 })
    .map((parts) => ({ body: parts.join('&'), type: 'application/x-www-form-urlencoded' }));
  const broken = fc.constantFrom(...BODIES).map((text) => ({ body: text, type: 'application/json' }));
  const cut = fc.tuple(json, fc.nat(300)).map(([{ body: text }, at]) => ({ body: text.slice(0, at), type: 'application/json' }));
  return fc.oneof(
    { weight: 14, arbitrary: json },
    { weight: 1, arbitrary: form },
    { weight: 2, arbitrary: broken },
    { weight: 1, arbitrary: cut }
  );
}

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Requests of one described route. */
export function requestsOf(operation: Operation, documents: Documents): fc.Arbitrary<HttpInput> {
  const right = operation.method.toUpperCase();
  const isV3 = operation.path.startsWith('/api/v3');
  const method = fc.oneof({ weight: 14, arbitrary: fc.constant(right) }, fc.constantFrom(...METHODS));
  const content =
    right === 'GET' || right === 'DELETE'
      ? fc.oneof({ weight: 15, arbitrary: fc.constant({}) }, body(operation, documents))
      : body(operation, documents);
  const safeDelete =
    right === 'DELETE' && !isV3
      ? fc.oneof(
          query,
          sound.map((one) => `?${one}`)
        )
      : query;
  return fc
    .tuple(
      method,
      pathOf(operation),
      safeDelete,
      credentials(isV3),
      fc.oneof({ weight: 2, arbitrary: fc.constant<Headers>({}) }, headers),
      content
    )
    .map(([verb, path, asked, who, more, sent]) => {
      const { body: text, type } = sent as { body?: string; type?: string };
      return {
        door: 'http',
        method: verb,
        path: path + asked,
        headers: { ...who, ...(type && { 'content-type': type }), ...more },
        ...(text !== undefined && verb !== 'HEAD' && { body: text })
      };
    });
}

/** Requests apps really made, changed at one or two places. */
export function recordedRequests(recorded: readonly HttpInput[]): fc.Arbitrary<HttpInput> {
  return fc
    .tuple(
      fc.constantFrom(...recorded),
      query,
      headers,
      fc.nat(7),
      fc.nat(2000),
      fc.constantFrom(...BODIES),
      fc.constantFrom(...METHODS)
    )
    .map(([request, asked, more, how, place, text, method]) => {
      const { body: sent = '' } = request;
      const own = {
        ...(request.path.startsWith('/api/v3') ? { authorization: 'Bearer {{jwt:admin}}' } : { 'api-secret': '{{secret}}' }),
        ...request.headers
      };
      const base = { ...request, headers: own };
      if (how === 0) return { ...base, path: request.path.split('?')[0] + asked };
      if (how === 1) return { ...base, headers: { ...own, ...more } };
      if (how === 2 && request.body !== undefined) return { ...base, body: text };
      if (how === 3 && request.body !== undefined) return { ...base, body: sent.slice(0, place % (sent.length + 1)) };
      if (how === 4) return { ...base, method };
      if (how === 5 && request.body !== undefined)
        return { ...base, body: sent.slice(0, place % (sent.length + 1)) + text + sent.slice((place % (sent.length + 1)) + 1) };
      return base;
    });
}

/** Paths nobody described. */
export const wildRequests: fc.Arbitrary<HttpInput> = fc
  .tuple(
    fc.constantFrom(...METHODS, 'TRACE', 'PROPFIND', 'LOCK', 'PURGE'),
    fc.constantFrom(
      '',
      '/api',
      '/api/v1',
      '/api/v2',
      '/api/v3',
      '/API/V1',
      '/api/v4',
      '/socket.io',
      '/assets',
      '/api-docs',
      '/translations',
      '/pebble'
    ),
    fc.array(
      fc.oneof(
        fc.constantFrom(...SEGMENTS).map((one) => (/^[%;.]/.test(one) ? one : encode(one))),
        scalar.map(encode)
      ),
      { maxLength: 4 }
    ),
    query,
    headers
  )
  .map(([method, base, parts, asked, more]) => ({
    door: 'http',
    method,
    path: `${base}/${parts.join('/')}${asked}`,
    headers: { 'api-secret': '{{secret}}', ...more }
  }));

/** Bytes: what no client library would send. */
export const rawRequests: fc.Arbitrary<RawInput> = fc
  .tuple(fc.constantFrom<string>(...BYTES), fc.nat(200), fc.string({ unit: 'binary-ascii', maxLength: 4 }), fc.boolean())
  .map(([text, place, piece, whole]) => ({
    door: 'raw',
    bytes: whole ? text : text.slice(0, place % text.length) + piece + text.slice((place % text.length) + piece.length)
  }));
