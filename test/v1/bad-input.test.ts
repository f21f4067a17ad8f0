import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Call, call } from './call.ts';

// every row of the specification's table of bad input (§15), and with it its list of crashes (§16)

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await call(server, 'POST', '/api/v1/entries', { body: [{ type: 'sgv', sgv: 100, date: Date.now() - 60_000 }] });
  await call(server, 'POST', '/api/v1/treatments', { body: [{ eventType: 'Note', notes: 'kept' }] });
  await call(server, 'POST', '/api/v1/devicestatus', { body: [{ device: 'kept' }] });
});

afterAll(() => server.close());

const HEX = 'ffffffffffffffffffffffff';
const json = { 'content-type': 'application/json' };
const ISO = '2026-11-22T12:00:00.000Z';

type Row = readonly [row: number, method: string, path: string, call: Call, status: number | number[], body?: unknown];

const UNAUTHORIZED = { status: 401, message: 'Unauthorized', description: 'Invalid/Missing' };
const refused = { status: 400, message: expect.any(String) };

const ROWS: readonly Row[] = [
  [1, 'POST', '/api/v1/entries', { secret: false, body: [] }, 401, UNAUTHORIZED],
  [1, 'DELETE', '/api/v1/treatments/*', { secret: false }, 401, UNAUTHORIZED],
  [1, 'PUT', '/api/v2/treatments', { secret: false, body: {}, headers: { accept: 'text/html' } }, 401, UNAUTHORIZED],
  [2, 'GET', '/api/v1/entries', { headers: { 'api-secret': 'wrong-wrong-wrong' } }, 401, UNAUTHORIZED],
  [2, 'GET', '/api/v1/treatments', { headers: { authorization: 'Bearer garbage' } }, 401, UNAUTHORIZED],
  [3, 'GET', '/api/v1/entries?token=garbage', {}, 200],
  [4, 'GET', '/api/v1/entries?secret[]=x', {}, 401, UNAUTHORIZED],
  [4, 'POST', '/api/v1/entries', { secret: false, body: { secret: 1 } }, 401, UNAUTHORIZED],
  [5, 'GET', '/api/v1/entries?token[a]=b', {}, 200],
  [5, 'POST', '/api/v1/entries', { secret: false, body: { token: 5 } }, 401, UNAUTHORIZED],
  [5, 'GET', '/api/v1/verifyauth?token[a]=b', {}, 200],
  [7, 'POST', '/api/v1/entries', { secret: false, raw: '{"a":', headers: json }, 400, refused],
  [7, 'POST', '/api/v1/treatments', { raw: '42', headers: json }, 400, refused],
  [7, 'POST', '/api/v1/treatments', { raw: '['.repeat(100_000), headers: json }, 400, refused],
  [
    8,
    'POST',
    '/api/v1/devicestatus',
    { body: { x: 'x'.repeat(2_000_000) }, secret: false },
    413,
    { status: 413, message: 'Payload Too Large', description: 'The body is too large' }
  ],
  [8, 'POST', '/api/v1/entries', { raw: '[]', headers: { 'content-type': 'application/json; charset=latin1' } }, 415],
  [8, 'POST', '/api/v1/entries', { raw: '[]', headers: { ...json, 'content-encoding': 'zstd-or-so' } }, 415],
  [8, 'POST', '/api/v1/entries', { raw: 'no gzip', headers: { ...json, 'content-encoding': 'gzip' } }, 400],
  [9, 'GET', '/api/v1/nosuch', {}, 404],
  [9, 'GET', '/api/v1/entries.JSON', {}, 404],
  [9, 'GET', '/api/v1/entries.xml', {}, 404],
  [9, 'PATCH', '/api/v1/entries', { body: {} }, 404],
  [9, 'PUT', '/api/v1/entries', { body: {} }, 404],
  [9, 'PUT', '/api/v1/devicestatus', { body: {} }, 404],
  [10, 'GET', '/api/v1/status.csv', {}, 406],
  [11, 'GET', '/api/v1/entries/%E0%A4%A', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?find[date][$gte]=abc', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?find=abc', {}, 400, refused],
  [12, 'GET', '/api/v1/entries/sgv.json?find=abc', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?sort[date]=up', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?sort=a..b', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?sort=%5C', {}, 200],
  [12, 'GET', '/api/v1/entries.json?find[%5C][$exists]=true', {}, 200],
  [12, 'GET', '/api/v1/entries.json?find[sgv][$foo]=1', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?find[$where]=sleep(1000)', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?find[0][_bsontype]=x', {}, 400, refused],
  [12, 'GET', '/api/v1/slice/entries/%00', {}, 400, refused],
  [12, 'GET', '/api/v1/entries.json?find[sgv][$eq][_bsontype]=x', {}, 400, refused],
  ...['treatments', 'devicestatus', 'activity', 'profiles'].flatMap((noun): Row[] => {
    const field = noun === 'profiles' ? 'startDate' : 'created_at';
    return [
      [13, 'GET', `/api/v1/${noun}.json?find[${field}][$gte]=garbage`, {}, 400, refused],
      [13, 'GET', `/api/v1/${noun}.json?find[x][$regex]=(`, {}, 400, refused],
      [13, 'GET', `/api/v1/${noun}.json?find[x][$foo]=1`, {}, 400, refused],
      [13, 'GET', `/api/v1/${noun}.json?find=abc`, {}, 400, refused],
      [14, 'GET', `/api/v1/${noun}.json?find[${field}]=${ISO}`, {}, 200, []]
    ];
  }),
  [15, 'GET', '/api/v1/treatments.json?find[_id]=garbage', {}, 200, []],
  [15, 'GET', '/api/v1/entries.json?find[_id]=garbage', {}, 200, []],
  ...['entries', 'treatments', 'devicestatus', 'activity', 'profile', 'profiles'].flatMap((noun): Row[] =>
    ['0', '-1', 'abc'].map((count) => [16, 'GET', `/api/v1/${noun}.json?count=${count}`, {}, 400, refused])
  ),
  [17, 'GET', `/api/v1/entries/${HEX}`, {}, 404],
  [18, 'POST', '/api/v1/entries', { body: { sgv: 1 } }, 200, []],
  [18, 'POST', '/api/v1/entries', { body: {} }, 200, []],
  [18, 'POST', '/api/v1/entries', {}, 200, []],
  [18, 'POST', '/api/v1/entries', { raw: '[]', headers: { 'content-type': 'text/plain' } }, 200, []],
  [19, 'POST', '/api/v1/entries', { raw: 'xx', headers: { 'content-type': 'application/octet-stream' } }, 400, refused],
  [19, 'POST', '/api/v1/entries', { body: [[{ type: 'sgv', date: 1 }]] }, 400, refused],
  [20, 'POST', '/api/v1/entries', { body: ['text'] }, 400, refused],
  [20, 'POST', '/api/v1/entries', { body: [5] }, 400, refused],
  [20, 'POST', '/api/v1/entries', { body: [null] }, 400, refused],
  [20, 'POST', '/api/v1/entries', { body: [{ type: 'sgv', sgv: 1, date: 1 }, null] }, 400, refused],
  [20, 'POST', '/api/v1/entries', { secret: false, body: [null] }, 401, UNAUTHORIZED],
  [
    21,
    'POST',
    '/api/v1/entries',
    { body: [{ type: 'sgv', sgv: 1, date: 1_700_000_000_000, dateString: 'garbage' }] },
    200,
    [expect.objectContaining({ sysTime: '2023-11-14T22:13:20.000Z' })]
  ],
  [21, 'POST', '/api/v1/entries', { body: [{ type: 'sgv', sgv: 1, dateString: 'garbage' }] }, 400, refused],
  [22, 'POST', '/api/v1/entries', { body: [{ type: 'sgv', sgv: 1, date: '1700000000000' }] }, 200],
  [
    23,
    'POST',
    '/api/v1/entries',
    { body: [{ type: 'sgv', sgv: 1, date: 1_700_000_000 }] },
    200,
    [expect.objectContaining({ sysTime: '1970-01-20T16:13:20.000Z' })]
  ],
  [
    24,
    'POST',
    '/api/v1/entries',
    {
      body: [
        { _id: '0123456789abcdef01234567', type: 'sgv', sgv: 1, date: 1_600_000_000_000 },
        { _id: 'f123456789abcdef01234567', type: 'sgv', sgv: 1, date: 1_600_000_000_000 }
      ]
    },
    200,
    [expect.objectContaining({ _id: '0123456789abcdef01234567' }), expect.objectContaining({ _id: '0123456789abcdef01234567' })]
  ],
  [
    25,
    'POST',
    '/api/v1/entries',
    { body: [{ _id: null, type: 'sgv', sgv: 1, date: 1_600_000_300_000 }] },
    200,
    [expect.objectContaining({ _id: expect.stringMatching(/^[0-9a-f]{24}$/) })]
  ],
  [
    25,
    'POST',
    '/api/v1/treatments',
    { body: [{ _id: null, eventType: 'Note', created_at: ISO }] },
    200,
    [expect.objectContaining({ _id: expect.stringMatching(/^[0-9a-f]{24}$/) })]
  ],
  ...['treatments', 'devicestatus', 'food', 'profile', 'activity'].flatMap((noun): Row[] => [
    [26, 'POST', `/api/v1/${noun}`, { body: [5] }, 400, refused],
    [26, 'POST', `/api/v1/${noun}`, { body: [{ eventType: 'Note' }, 'text'] }, 400, refused],
    [27, 'POST', `/api/v1/${noun}`, { raw: '{"eventType":"Note"}', headers: { 'content-type': 'text/plain' } }, 415],
    [27, 'POST', `/api/v1/${noun}`, { raw: '{"eventType":"Note"}' }, 415]
  ]),
  // objects that cannot be turned into a number or a text
  [27, 'POST', '/api/v1/treatments', { raw: '{"insulin":{"toString":1,"valueOf":1}}', headers: json }, 200],
  [27, 'POST', '/api/v1/food', { raw: '{"_id":{"toString":1}}', headers: json }, 400, refused],
  // found by fuzzing: a body without a type was stored as an empty document, and what only one of the stores can keep
  [27, 'POST', '/api/v1/entries', { raw: '[{"type":"sgv","sgv":1,"date":1600000000000}]' }, 415],
  ...['{"a":{"b\\u0000":1}}', '{"a":[{"_bsontype":"ObjectId","id":"x"}]}', '{"a":1e400}'].flatMap((raw): Row[] => [
    [27, 'POST', '/api/v1/treatments', { raw, headers: json }, 400, refused],
    [27, 'PUT', '/api/v1/food', { raw, headers: json }, 400, refused],
    [27, 'POST', '/api/v1/devicestatus', { raw, headers: json }, 400, refused]
  ]),
  [
    27,
    'POST',
    '/api/v1/treatments',
    { raw: '{"note":"\\ud800x"}', headers: json },
    200,
    [expect.objectContaining({ note: '\ufffdx' })]
  ],
  [27, 'POST', '/api/v1/treatments', { body: {} }, 200, [expect.objectContaining({ _id: expect.any(String) })]],
  [27, 'POST', '/api/v1/devicestatus', { body: {} }, 200, [expect.objectContaining({ _id: expect.any(String) })]],
  [
    28,
    'POST',
    '/api/v1/treatments',
    { body: { eventType: 'Note', created_at: 'garbage' } },
    200,
    [expect.objectContaining({ created_at: expect.stringMatching(/^20.*Z$/) })]
  ],
  [29, 'POST', '/api/v1/treatments', { body: { eventType: 'Note', eventTime: 'garbage' } }, 400, refused],
  [30, 'PUT', '/api/v1/treatments', { body: [{ eventType: 'Note' }] }, 400, refused],
  [30, 'PUT', '/api/v1/profile', { body: [{ store: {} }] }, 400, refused],
  ...['devicestatus', 'profile', 'food', 'activity'].map(
    (noun): Row => [
      31,
      'POST',
      `/api/v1/${noun}`,
      { body: { _id: 'bad' } },
      400,
      {
        status: 400,
        message: 'Invalid _id format',
        description: 'Must be 24-character hex string or omit for auto-generation. Got: bad'
      }
    ]
  ),
  ...['profile', 'food', 'activity'].flatMap((noun): Row[] => [
    [
      32,
      'PUT',
      `/api/v1/${noun}`,
      { body: { _id: 'bad' } },
      400,
      { ...refused, description: 'Must be 24-character hex string. Got: bad' }
    ],
    [32, 'PUT', `/api/v1/${noun}`, { body: { _id: '' } }, 400, refused],
    [33, 'PUT', `/api/v1/${noun}`, { body: { store: {} } }, 200],
    [36, 'DELETE', `/api/v1/${noun}/${HEX}`, {}, 200, {}]
  ]),
  ...['devicestatus', 'profile', 'food', 'activity'].map(
    (noun): Row => [
      34,
      'DELETE',
      `/api/v1/${noun}/garbage`,
      {},
      400,
      { status: 400, message: 'Invalid _id format', description: 'Must be 24-character hex string. Got: garbage' }
    ]
  ),
  [35, 'DELETE', `/api/v1/treatments/${HEX}`, {}, 200, { acknowledged: true, deletedCount: 0 }],
  [35, 'DELETE', `/api/v1/entries/${HEX}`, {}, 200, { acknowledged: true, deletedCount: 0 }],
  ...['entries', 'treatments', 'devicestatus'].flatMap((noun): Row[] => [
    [37, 'DELETE', `/api/v1/${noun}`, {}, 400, refused],
    [37, 'DELETE', `/api/v1/${noun}.json?count=10`, {}, 400, refused],
    [37, 'DELETE', `/api/v1/${noun}?find=`, {}, 400, refused],
    [38, 'DELETE', `/api/v1/${noun}?find[${noun === 'entries' ? 'date' : 'created_at'}][$lte]=garbage`, {}, 400, refused]
  ]),
  [
    39,
    'POST',
    '/api/v1/devicestatus',
    {
      body: [
        { _id: HEX, device: 'a' },
        { _id: HEX, device: 'a' }
      ]
    },
    [200, 409]
  ],
  [
    40,
    'PUT',
    '/api/v2/authorization/subjects',
    { body: { name: 'x', roles: [] } },
    500,
    expect.objectContaining({ status: 500 })
  ],
  [40, 'PUT', '/api/v2/authorization/roles', { body: { _id: 'bad', name: 'x' } }, 500, expect.objectContaining({ status: 500 })],
  [41, 'DELETE', '/api/v2/authorization/subjects/bad', {}, [400, 500]],
  [42, 'POST', '/api/v2/authorization/subjects', { body: { roles: ['readable'] } }, 400, refused],
  [43, 'GET', '/api/v1/times/(', {}, 400, refused],
  [43, 'GET', '/api/v1/slice/entries/dateString/sgv/2024/[', {}, 400, refused],
  [44, 'GET', '/api/v1/echo/nosuch', {}, 404],
  [44, 'GET', '/api/v1/echo/profile', {}, 404],
  [45, 'GET', '/api/v2/ddata/at/garbage', {}, 400, refused],
  [46, 'GET', '/api/v1/notifications/ack?level=1', {}, 401, UNAUTHORIZED],
  [47, 'GET', '/api/v1/activity?find[x]=none', { headers: { 'if-modified-since': 'Sun, 22 Nov 2026 12:00:00 GMT' } }, 200, []],
  [48, 'POST', '/api/v1/notifications/pushovercallback', { body: { receipt: 'unknown' }, secret: false }, 500],
  [49, 'POST', '/api/v1/alexa', { body: { request: { type: 'Nonsense' } } }, [400, 404]],
  [50, 'POST', '/api/v1/treatments', { body: { eventType: 'Note', created_at: ISO, notes: 'x'.repeat(17 * 1_048_576) } }, 413]
];

describe('bad input (spec §15)', () => {
  it.each(ROWS)('row %d: %s %s', async (...cells) => {
    const [row, method, path, options, status, body] = cells as unknown as Row;
    const answer = await call(server, method, path, options);
    expect([status].flat()).toContain(answer.status);
    if (body !== undefined) {
      if (body === refused) expect(answer.body).toMatchObject(refused);
      else expect(answer.body).toEqual(body);
    }
    if (answer.status >= 400 && row !== 48) {
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.body.status).toBe(answer.status);
    }
    expect(answer.text).not.toMatch(/\bat .*\.(ts|js):\d+/);
  });

  it('changed nothing it refused: what was there is there', async () => {
    expect((await call(server, 'GET', '/api/v1/entries.json?find[sgv]=100')).body).toHaveLength(1);
    expect((await call(server, 'GET', '/api/v1/treatments.json?find[notes]=kept')).body).toHaveLength(1);
    expect((await call(server, 'GET', '/api/v1/devicestatus.json?find[device]=kept')).body).toHaveLength(1);
    expect((await call(server, 'GET', '/api/v1/entries.json?find[date]=1')).body).toEqual([]);
    expect((await call(server, 'GET', '/api/v1/status.json')).body.status).toBe('ok');
  });

  it('row 6: the token of a removed subject is a plain 401', async () => {
    const { body: subject } = await call(server, 'POST', '/api/v2/authorization/subjects', {
      body: { name: 'gone', roles: ['admin'] }
    });
    const { body: subjects } = await call(server, 'GET', '/api/v2/authorization/subjects', { secret: true });
    const { accessToken } = subjects.find((one: { _id: string }) => one._id === subject._id);
    const { body: grant } = await call(server, 'GET', `/api/v2/authorization/request/${accessToken}`);
    const headers = { authorization: `Bearer ${grant.token}` };
    expect((await call(server, 'GET', '/api/v1/entries', { headers })).status).toBe(200);
    await call(server, 'DELETE', `/api/v2/authorization/subjects/${subject._id}`);
    expect((await call(server, 'GET', '/api/v1/entries', { headers })).body).toEqual(UNAUTHORIZED);
  });
});
