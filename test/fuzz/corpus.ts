import type { Input } from './input.ts';

/** Names of fields that mean something somewhere. */
export const KEYS = [
  ...['date', 'dateString', 'sysTime', 'created_at', 'mills', 'eventTime', 'timestamp', 'utcOffset', 'startDate', 'endmills'],
  ...['_id', 'id', 'uuid', 'identifier', 'syncIdentifier', 'NSCLIENT_ID', 'pumpId', 'pumpSerial', 'pumpType', 'isValid'],
  ...['srvModified', 'srvCreated', 'subject', 'modifiedBy', 'isReadOnly', 'app', 'device', 'enteredBy', 'type', 'eventType'],
  ...['sgv', 'mbg', 'cal', 'slope', 'intercept', 'scale', 'filtered', 'unfiltered', 'direction', 'noise', 'rssi', 'units'],
  ...[
    'glucose',
    'glucoseType',
    'carbs',
    'insulin',
    'protein',
    'fat',
    'preBolus',
    'duration',
    'durationInMilliseconds',
    'percent'
  ],
  ...['absolute', 'rate', 'temp', 'profile', 'profileJson', 'store', 'defaultProfile', 'targetTop', 'targetBottom', 'notes'],
  ...['reason', 'splitNow', 'splitExt', 'relative', 'boluscalc', 'isAnnouncement', 'openaps', 'loop', 'pump', 'uploader'],
  ...['uploaderBattery', 'predicted', 'iob', 'cob', 'suggested', 'enacted', 'predBGs', 'configuration', 'name', 'category'],
  ...['secret', 'token', 'roles', 'permissions', 'data', 'collection', 'level', 'group', 'time', 'receipt', 'a.b', 'a.0.b']
] as const;

/** Names that are dangerous in one language or other. */
export const NASTY_KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'hasOwnProperty', 'length', 'then', '_bsontype'],
  ...[
    '$set',
    '$where',
    '$ne',
    '$gt',
    '$or',
    '$expr',
    '$oid',
    '$date',
    '$numberLong',
    '$ref',
    '',
    ' ',
    '.',
    '..',
    'a.',
    '.a',
    'a..b'
  ],
  ...[
    'a.$b',
    '$',
    '$$',
    '0',
    '-1',
    '1e3',
    '"',
    "'",
    '\\',
    '\u0000',
    'a\u0000b',
    '[',
    ']',
    'a[0]',
    '#',
    '/',
    '*',
    '\ud800',
    'İ',
    '😀'
  ],
  'k'.repeat(300)
] as const;

/** Scalars that break what was written for the usual ones. */
export const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -0, 1, -1, 0.1, 1e21, 1e308, -1e308, 5e-324, 2 ** 31, -(2 ** 31), 2 ** 53, 2 ** 53 + 2, 2 ** 63],
  ...['', ' ', '0', '1', '-1', '1e400', '1,5', 'NaN', 'Infinity', 'null', 'undefined', 'true', '[object Object]', 'zzz'],
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\ufffe',
    '\u202e',
    'é',
    'é',
    '😀',
    '\r\n',
    '\t',
    '"',
    "'",
    '\\',
    '`',
    '%00',
    '%',
    '\u2028'
  ],
  ...[
    '<b>x</b>',
    '<script>alert(1)</script>',
    '<img src=x onerror=y>',
    'a<b',
    '&lt;',
    '=1+1',
    ']]>',
    '--',
    "'; DROP TABLE entries; --"
  ],
  ...['2026-11-20', '2026-11-20T12:00:00Z', '2026-11-20T12:00:00+14:00', '2026-13-45T99:99:99Z', '0000-01-01T00:00:00Z'],
  ...['9999-12-31T23:59:59.999Z', '+275760-09-13T00:00:00.000Z', '-271821-04-20T00:00:00Z', '+999999-01-01', '24:00', 'now'],
  ...['Fri, 20 Nov 2026 12:00:00 GMT', '1795176000', '1795176000000', 8.64e15, 8.64e15 + 1, -8.64e15, 1e15, 253402300800000],
  ...['x'.repeat(2000), '\u0301'.repeat(300), '/x/', '/(/', '/x/i', '/^\\d{1,1000}$/', '(a+)+$', '[', '(?=x)', '\\', '*', '/'],
  ...['0123456789abcdef01234567', '0123456789ABCDEF01234567', 'g'.repeat(24), '00000000-0000-4000-8000-000000000000', '../..'],
  ...[[], {}, [[]], [null], [[[[[[1]]]]]], [{}], { a: [] }, { length: 1e9 }, { toString: 1, valueOf: 1 }, { toJSON: 1 }],
  ...[{ $gt: '' }, { $oid: 'x' }, { _bsontype: 'ObjectId', id: 'x' }, { $numberDecimal: '1' }, { '': { '': 1 } }, { 'a.b': 1 }],
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}')
];

/** Operators of queries, known and unknown. */
export const OPERATORS = [
  ...[
    '$eq',
    '$ne',
    '$gt',
    '$gte',
    '$lt',
    '$lte',
    '$in',
    '$nin',
    '$regex',
    '$options',
    '$exists',
    '$not',
    '$type',
    '$size',
    '$mod'
  ],
  ...[
    '$all',
    '$elemMatch',
    '$or',
    '$and',
    '$nor',
    '$where',
    '$expr',
    '$near',
    '$text',
    '$jsonSchema',
    '$bitsAllSet',
    '$comment',
    '$x'
  ]
] as const;

/** Pieces of paths. */
export const SEGMENTS = [
  ...['sgv', 'mbg', 'cal', '*', 'current', 'entries', 'treatments', 'devicestatus', 'profile', 'food', 'activity', 'settings'],
  ...['history', '..', '.', '%2e%2e', '%00', '%', '%zz', '%ff', '%c0%af', '%2f', '%5c', ';x=1', '__proto__', 'constructor'],
  ...[
    'toString',
    '.json',
    '.csv',
    'x.json',
    'x.xml',
    '.html',
    '*.json',
    '0',
    '-1',
    '1e400',
    '1000000000000',
    '99999999999999999'
  ],
  ...[
    '2026-11-{20..22}',
    'T{13..18}:{00..15}',
    '{1..999999999}',
    '{{{{',
    '}{',
    '{a,b,{c',
    '{00..99}{00..99}{00..99}',
    '(a+)+$',
    '(?=x)'
  ],
  ...[
    'iob,bgnow,cob',
    'nosuch',
    ',,,',
    'api:*:read',
    '*',
    '::',
    'api:entries:read,create',
    '0123456789abcdef01234567',
    'g'.repeat(24)
  ],
  ...['2026-11-20T12:00:00Z', '9999-12-31', '+275760-09-13', 'zzz', 'x'.repeat(3000)]
] as const;

/** Values of headers; what belongs to some header and what to none. */
export const HEADER_VALUES = [
  ...['', ' ', ',', ',,,"', '*', '"', 'W/"', '"x"', 'W/"x", "y"', '0', '-1', '1e400', '99999999999999999999', 'zzz', 'null'],
  ...[
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=nosuch',
    'application/json;;;',
    'text/html'
  ],
  ...[
    'text/csv',
    'text/tab-separated-values',
    'text/plain',
    'application/xml',
    'image/png',
    'image/svg+xml',
    '*/*;q=0',
    ';;;,q=x',
    'a/b;q=9'
  ],
  ...[
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'text/json',
    'x'.repeat(2000)
  ],
  ...[
    'gzip',
    'deflate',
    'br',
    'identity',
    'gzip, gzip',
    'nosuch',
    'bytes=0-0',
    'bytes=-1',
    'bytes=9-1',
    'bytes=0-,1-,2-',
    'items=1'
  ],
  ...[
    '127.0.0.1',
    '::1',
    '1.2.3.4, 5.6.7.8',
    '[::1]:99',
    '999.1.1.1',
    'unknown',
    'for=x;proto=https',
    'https',
    'http,https',
    'example.org'
  ],
  ...[
    'Fri, 20 Nov 2026 12:00:00 GMT',
    'Mon, 01 Jan 0000 00:00:00 GMT',
    'Sun, 31 Dec 9999 23:59:59 GMT',
    '2026-11-20',
    '1795176000000'
  ],
  ...[
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Bearer a.b.c',
    'bearer x y',
    'Basic eDp4',
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'é',
    '\u00ff\u00fe',
    '100-continue'
  ]
] as const;

/** Headers the server or something in front of it looks at. */
export const HEADER_NAMES = [
  ...[
    'accept',
    'accept-encoding',
    'accept-language',
    'content-type',
    'content-encoding',
    'authorization',
    'api-secret',
    'cookie'
  ],
  ...[
    'if-match',
    'if-none-match',
    'if-modified-since',
    'if-unmodified-since',
    'last-modified',
    'range',
    'if-range',
    'origin',
    'referer'
  ],
  ...[
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'forwarded',
    'x-real-ip',
    'x-http-method-override',
    'user-agent'
  ],
  ...[
    'x-arr-ssl',
    'host',
    'date',
    'expect',
    'upgrade',
    'te',
    'prefer',
    'cache-control',
    'access-control-request-method',
    'x-request-id'
  ]
] as const;

const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

/** Bodies that are no JSON, or hardly. */
export const BODIES = [
  ...[
    '',
    ' ',
    'null',
    'true',
    '1',
    '"x"',
    '[]',
    '{}',
    '[[]]',
    '[null]',
    '[1]',
    '["x"]',
    '{',
    '[',
    '}',
    '[{]',
    '{"a":}',
    '{a:1}',
    "{'a':1}"
  ],
  ...[
    'NaN',
    'Infinity',
    '-',
    '1e400',
    '[1e400]',
    '{"sgv":1e400,"date":1e400}',
    '{"date":NaN}',
    '\ufeff{}',
    '{}\u0000',
    '{"a":1,"a":2}',
    '{"a":"\\ud800"}'
  ],
  ...[
    '{"a":"\\x"}',
    '{"a":"\\u12"}',
    '{"\\u0000":1}',
    '// x\n{}',
    '{} {}',
    'a=1&b=2',
    'a[b][c]=1&a[b][c]=2',
    'a[]=1&a[]=2',
    '[[[[=1',
    '%',
    '%00=%00',
    '&&&='
  ],
  ...['__proto__[x]=1', 'json=%7B%7D', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', '<xml/>', 'sgv\t1\n'],
  ...[
    'base64:H4sIAAAAAAAA',
    'base64:H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==',
    'base64://79/A==',
    'base64:eyJhIjoi//79In0=',
    'base64:AAECAw==',
    'base64:7aCA'
  ],
  deep('[', ']', 3000),
  deep('{"a":', '}', 2000).replace('}', '1}'),
  `{${Array.from({ length: 3000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
  `[${Array.from({ length: 300 }, (_, i) => `{"type":"sgv","sgv":${i},"date":${1_795_170_000_000 + i * 1000}}`).join(',')}]`
] as const;

/** Requests as bytes. */
export const BYTES = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET /api/v1/entries HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /api/v1/status.json HTTP/1.0\r\n\r\n',
  'GET http://other/api/v1/status.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /%zz?%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /api/v1/entries?find[a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
  'TRACE /api/v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'PROPFIND /api/v3/entries HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n[]',
  'POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n',
  'POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n[{',
  'POST /api/v3/entries HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n',
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\u0081\u0005hello\u00ff\u00ff\u00ff',
  'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
  '\r\n\r\n\r\n',
  `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`
] as const;

/** Packets below Socket.IO. */
export const PACKETS = [
  ...[
    '',
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '9',
    'x',
    '2probe',
    '5',
    '40',
    '40/storage,',
    '40/alarm,{"a":1}',
    '40/nowhere,',
    '40/../x,',
    '41',
    '44',
    '44{"x":1}'
  ],
  ...[
    '42',
    '42[]',
    '42["authorize"]',
    '42["authorize",null]',
    '42[null]',
    '42[1,2]',
    '42{"a":1}',
    '42["__proto__",{}]',
    '42["connection"]',
    '42["disconnect"]'
  ],
  ...[
    '42["error","x"]',
    '42["newListener"]',
    '420["loadRetro"]',
    '42999999999999999999["loadRetro"]',
    '42/storage,["subscribe"]',
    '42/alarm,0["subscribe",{}]'
  ],
  ...[
    '43',
    '430[]',
    '431["x"]',
    '45',
    '451-["dbAdd",{"_placeholder":true,"num":0}]',
    '451-["dbAdd",{"_placeholder":true,"num":-1}]',
    '4599-["x"]',
    '45x-[]'
  ],
  ...[
    '42["dbAdd",{"collection":"treatments","data":{"eventType":"Note"}}]',
    `42["dbAdd",${'['.repeat(3000)}${']'.repeat(3000)}]`,
    '42["dbAdd"',
    '42["dbAdd",{]',
    'b4AAECAw==',
    'bAAA'
  ],
  ...['49', '4\u0000', '42["loadRetro"]\u001e42["loadRetro"]', '\u001e\u001e\u001e', '4'.repeat(500), '42["ack",1,"default",1]']
] as const;

const page = (path: string, headers: Record<string, string>): Input => ({ door: 'http', method: 'GET', path, headers });
const write = (path: string, body: string): Input => ({
  door: 'http',
  method: 'POST',
  path,
  headers: { 'api-secret': '{{secret}}', authorization: 'Bearer {{jwt:admin}}', 'content-type': 'application/json' },
  body
});

/** What once broke something, shrunk; sent at the start of every run. */
export const REGRESSIONS: readonly Input[] = [
  page('/food', { 'if-match': 'x' }),
  page('/food', { 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }),
  page('/favicon.ico', { range: 'bytes=999999999-' }),
  page('/api-docs/swagger-ui.css', { range: 'bytes=999999999-', 'if-match': '"x"' }),
  page('/api/v3/entries?_bsontype=sgv', { authorization: 'Bearer {{jwt:admin}}' }),
  page('/api/v1/entries.json?find[_bsontype]=sgv', {}),
  page('/api/v1/entries.json?find[sgv][$regex]=%00', {}),
  page('/api/v1/slice/entries/dateString/sgv/%00/sgv', {}),
  {
    ...write('/api/v3/treatments/{{identifier:0}}', `{${Array.from({ length: 3000 }, (_, i) => `"k${i}":${i}`).join(',')}}`),
    method: 'PATCH'
  } as Input,
  page('/api/v2/ddata/at/%2B275760-09-13', {}),
  page('/api/v2/ddata/at/-271821-04-20', {}),
  write('/api/v1/devicestatus', '{"\\u0000":1}'),
  write('/api/v1/food', '{"date":{"_bsontype":"ObjectId","id":"x"}}'),
  write('/api/v1/treatments', '{"sgv":1e400,"date":1e400}'),
  write('/api/v1/treatments', '{"insulin":{"toString":1,"valueOf":1}}'),
  write('/api/v1/devicestatus', '{"_id":{"toString":1}}'),
  write(
    '/api/v3/treatments',
    '{"app":"x","date":1795176000000,"device":{"toString":1},"eventType":{"toString":1},"insulin":{"valueOf":1,"toString":1}}'
  ),
  write(
    '/api/v3/treatments',
    '{"app":"x","date":1795176000001,"eventType":"Temporary Target","duration":60,"targetTop":{"toString":1},"targetBottom":[{"toString":1}]}'
  ),
  write('/api/v3/treatments', '{"app":"x","date":1795176000000,"eventType":"Note","notes":"\\ud800"}'),
  {
    door: 'http',
    method: 'POST',
    path: '/api/v1/profile',
    headers: { 'api-secret': '{{secret}}' },
    body: '{"defaultProfile":"x"}'
  }
];
