import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { createChecker, documentOf, operationsOf } from './kit.ts';
import { exchange, faultsOf, label, samplePath } from './live-kit.ts';

// GAP-API-006: what is described is what a running server answers

const ENV = { ENABLE: 'careportal iob cob bwp cage sage iage bage basal rawbg openaps loop pump dbsize upbat ar2 direction' };
const checker = createChecker(documentOf(ENV));
const MINUTE = 60_000;
let server: TestServer;
let jwt: string;
let token: string;
let _id: string;

const iso = (ms: number): string => new Date(ms).toISOString();
const ask = (method: string, path: string, body?: unknown) =>
  exchange(server.url, method, path, {
    headers: path.startsWith('/api/v3') ? { authorization: `Bearer ${jwt}` } : server.secret,
    body
  });

beforeAll(async () => {
  server = await startServer(ENV);
  const { access, now } = server.services;
  await access.admin.subjects.create({ name: 'phone', roles: ['admin'] });
  token = access.admin.subjects.list()[0]!.accessToken;
  jwt = (await access.request(token, '127.0.0.1'))!.token;
  const at = now();
  const seed: [string, unknown][] = [
    [
      'entries',
      [
        ...[0, 5, 10, 15].map((ago) => ({
          type: 'sgv',
          sgv: 120 - ago,
          date: at - ago * MINUTE,
          dateString: iso(at - ago * MINUTE),
          direction: 'Flat',
          device: 'xDrip',
          noise: 1,
          filtered: 100_000,
          unfiltered: 101_000
        })),
        { type: 'mbg', mbg: 118, date: at - 7 * MINUTE, dateString: iso(at - 7 * MINUTE), device: 'meter' },
        { type: 'cal', slope: 800, intercept: 30_000, scale: 1, date: at - 60 * MINUTE, dateString: iso(at - 60 * MINUTE) }
      ]
    ],
    [
      'treatments',
      [
        { eventType: 'Meal Bolus', insulin: 4, carbs: 40, created_at: iso(at - 45 * MINUTE), enteredBy: 'web' },
        { eventType: 'Temp Basal', absolute: 1.2, duration: 30, created_at: iso(at - 40 * MINUTE) },
        { eventType: 'Temporary Target', targetTop: 120, targetBottom: 100, duration: 60, created_at: iso(at - 30 * MINUTE) },
        { eventType: 'Site Change', created_at: iso(at - 26 * 60 * MINUTE) },
        { eventType: 'Announcement', notes: 'hello', created_at: iso(at - 2 * MINUTE) }
      ]
    ],
    [
      'devicestatus',
      [
        {
          device: 'openaps://phone',
          created_at: iso(at - 3 * MINUTE),
          uploader: { battery: 71 },
          pump: { reservoir: 120, battery: { percent: 70 }, clock: iso(at) },
          openaps: { iob: { iob: 2.3, time: iso(at - 3 * MINUTE) } }
        }
      ]
    ],
    [
      'profile',
      {
        defaultProfile: 'Default',
        startDate: iso(at - 24 * 60 * MINUTE),
        units: 'mg/dl',
        store: {
          Default: {
            dia: 5,
            timezone: 'UTC',
            units: 'mg/dl',
            carbs_hr: 20,
            delay: 20,
            basal: [{ time: '00:00', value: 0.8, timeAsSeconds: 0 }],
            carbratio: [{ time: '00:00', value: 9 }],
            sens: [{ time: '00:00', value: 45 }],
            target_low: [{ time: '00:00', value: 95 }],
            target_high: [{ time: '00:00', value: 115 }]
          }
        }
      }
    ],
    [
      'food',
      [
        { type: 'food', name: 'Apple', carbs: 11 },
        { type: 'quickpick', name: 'Breakfast', hidden: 'false', position: 1, foods: [] }
      ]
    ],
    ['activity', { created_at: iso(at - 4 * MINUTE), heartrate: 72, steps: 12 }]
  ];
  for (const [noun, body] of seed) {
    const answer = await ask('post', `/api/v1/${noun}.json`, body);
    expect([noun, answer.status, faultsOf(checker, answer)]).toEqual([noun, 200, []]);
    if (noun === 'entries') _id = (answer.body as { _id: string }[])[0]!._id;
  }
  for (const noun of ['devicestatus', 'entries', 'food', 'profile', 'settings', 'treatments']) {
    const answer = await ask('post', `/api/v3/${noun}`, {
      identifier: 'doc-1',
      date: at - MINUTE,
      app: 'test',
      utcOffset: 0,
      eventType: 'Note'
    });
    expect([noun, answer.status, faultsOf(checker, answer)]).toEqual([noun, 201, []]);
  }
});
afterAll(() => server.close());

const gets = operationsOf(documentOf(ENV)).filter(({ method }) => method === 'get');

describe('every GET answers as described', () => {
  it.each(gets.map((operation) => [label(operation), operation] as const))('%s', async (_name, { path }) => {
    const answer = await ask('get', samplePath(path, { token }));
    expect(faultsOf(checker, answer)).toEqual([]);
    if (path.endsWith('/history')) expect(answer.status).toBe(400);
    else expect(answer.status).toBeLessThan(400);
  });
});

describe('the lists hold something, so that the shapes of documents were looked at', () => {
  it.each([
    'entries',
    'treatments',
    'devicestatus',
    'profile',
    'profiles',
    'food',
    'food/quickpicks',
    'food/regular',
    'activity'
  ])('%s', async (noun) => {
    expect((await ask('get', `/api/v1/${noun}.json`)).body).not.toEqual([]);
  });

  it('live data', async () => {
    expect((await ask('get', '/pebble')).body).toMatchObject({ bgs: [{ sgv: '120' }], cals: [{ slope: 800 }] });
    expect((await ask('get', '/api/v2/summary')).body).toMatchObject({ treatments: { tempBasals: [{ absolute: 1.2 }] } });
    expect((await ask('get', '/api/v2/properties')).body).toMatchObject({ bgnow: { mean: 120 }, iob: { iob: 2.3 } });
    expect((await ask('get', '/api/v3/entries')).body).toMatchObject({
      result: [{ identifier: expect.any(String) }, {}, {}, {}, {}, {}, {}]
    });
  });
});

describe('other answers are as described', () => {
  const note = { eventType: 'Note', notes: 'x', created_at: '2026-01-02T03:04:05.000Z' };
  const v3Note = { identifier: 'n-1', date: 1_767_323_045_000, app: 'test', utcOffset: 0, eventType: 'Note' };
  it.each<[string, string, number, unknown?]>([
    ['get', '/api/v1/entries/current', 200],
    ['get', '/api/v1/entries.csv', 200],
    ['get', '/api/v1/entries.tsv', 200],
    ['get', '/api/v1/entries.txt', 200],
    ['get', '/api/v1/treatments?token={token}', 200],
    ['get', '/api/v1/treatments?find[carbs][$nope]=1', 400],
    ['get', '/api/v1/entries.json?count=0', 400],
    ['get', `/api/v1/entries/${'0'.repeat(24)}`, 404],
    ['get', '/api/v1/status.svg', 302],
    ['get', '/api/v1/status.js', 200],
    ['get', '/api/v1/status.csv', 406],
    ['get', '/api/v1/status.json?token={token}', 200],
    ['get', '/api/v1/verifyauth?token=nobody-0123456789abcdef', 200],
    ['get', '/api/v1/echo/nothing', 404],
    ['get', '/api/v1/count/entries/where?find[type]=nothing', 200],
    ['get', '/api/v2/ddata/at/yesterday', 400],
    ['get', '/api/v2/authorization/request/nobody', 401],
    ['get', '/pebble?units=mmol&count=3', 200],
    ['post', '/api/v1/entries/preview', 200, [{ type: 'sgv', sgv: 1, date: 1 }]],
    ['post', '/api/v1/treatments', 200, note],
    ['post', '/api/v1/treatments', 400, [1]],
    ['put', '/api/v1/treatments', 200, note],
    ['put', '/api/v1/food', 200, { type: 'food', name: 'Pear' }],
    ['put', '/api/v1/profile', 200, { startDate: '2026-01-01', store: {} }],
    ['put', '/api/v1/activity', 200, { created_at: '2026-01-01T00:00:00Z', steps: 1 }],
    ['delete', '/api/v1/treatments?find[notes]=x&find[created_at][$gte]=2026-01-02', 200],
    ['delete', '/api/v1/treatments', 400],
    ['delete', '/api/v1/entries/{_id}', 200],
    ['delete', '/api/v1/devicestatus/nope', 400],
    ['delete', `/api/v1/food/${'f'.repeat(24)}`, 200],
    ['delete', '/api/v1/food/nope', 400],
    ['post', '/api/v2/authorization/roles', 200, { name: 'r', permissions: ['api:entries:read'] }],
    ['post', '/api/v2/authorization/subjects', 200, { name: 's', roles: ['r'], notes: 'n' }],
    ['post', '/api/v2/authorization/subjects', 400, {}],
    ['post', '/api/v2/authorization/subjects', 200, { name: 't', _id: 'a'.repeat(24) }],
    ['post', '/api/v2/authorization/subjects', 409, { name: 't', _id: 'a'.repeat(24) }],
    ['put', '/api/v2/authorization/subjects', 200, { name: 't2', _id: 'a'.repeat(24) }],
    ['put', '/api/v2/authorization/subjects', 500, { name: 't2' }],
    ['delete', `/api/v2/authorization/subjects/${'a'.repeat(24)}`, 200],
    ['get', '/api/v2/authorization/subjects', 200],
    ['post', '/api/v3/treatments', 201, v3Note],
    ['post', '/api/v3/treatments', 200, { ...v3Note, notes: 'again' }],
    ['post', '/api/v3/treatments', 400, {}],
    ['put', '/api/v3/treatments/n-1', 200, v3Note],
    ['put', '/api/v3/treatments/n-2', 201, { ...v3Note, date: 1_767_323_046_000, identifier: 'n-2' }],
    ['patch', '/api/v3/treatments/n-1', 200, { notes: 'z' }],
    ['patch', '/api/v3/treatments/n-1', 400, { date: 1 }],
    ['patch', '/api/v3/treatments/nope', 404, { notes: 'z' }],
    ['get', '/api/v3/treatments/n-1?fields=notes', 200],
    ['get', '/api/v3/treatments.csv', 200],
    ['get', '/api/v3/treatments.xml', 200],
    ['get', '/api/v3/treatments.txt', 406],
    ['get', '/api/v3/treatments?limit=0', 400],
    ['delete', '/api/v3/treatments/n-1', 200],
    ['get', '/api/v3/treatments/n-1', 410],
    ['get', '/api/v3/treatments/nope', 404],
    ['get', '/api/v3/treatments/history/1000000000000', 200],
    ['post', '/api/v3/food', 201, { identifier: 'locked', date: 1_767_323_045_000, app: 'test', isReadOnly: true }],
    ['patch', '/api/v3/food/locked', 422, { name: 'x' }],
    ['post', '/api/v1/notifications/pushovercallback', 500, {}]
  ])('%s %s → %i', async (method, path, status, body) => {
    const answer = await ask(method, path.replace('{token}', token).replace('{_id}', _id), body);
    expect([answer.status, faultsOf(checker, answer)]).toEqual([status, []]);
  });

  it('an unchanged list, a stale write, a token that is none', async () => {
    const since = { 'if-modified-since': new Date(server.services.now() + MINUTE).toUTCString() };
    const old = { 'if-unmodified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' };
    const answers = await Promise.all([
      exchange(server.url, 'get', '/api/v1/treatments', { headers: { ...server.secret, ...since } }),
      exchange(server.url, 'patch', '/api/v3/food/doc-1', {
        headers: { authorization: `Bearer ${jwt}`, ...old },
        body: { name: 'x' }
      }),
      exchange(server.url, 'get', '/api/v3/food', { headers: { authorization: 'Bearer nonsense' } })
    ]);
    expect(answers.map(({ status }) => status)).toEqual([304, 412, 401]);
    for (const answer of answers) expect(faultsOf(checker, answer)).toEqual([]);
  });
});
