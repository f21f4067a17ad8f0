import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Answer, call, tokenFor } from '../v1/call.ts';

// D24, GAP-PLUGIN-002
const NOW = Date.parse('2026-11-23T12:00:00Z');
const at = (minutesAgo: number): string => new Date(NOW - minutesAgo * 60_000).toISOString();
const PATH = '/api/v2/predictions';
const aaps = {
  app: 'AAPS',
  date: NOW - 2 * 60_000,
  utcOffset: 0,
  device: 'openaps://samsung SM-G970F',
  openaps: { suggested: { timestamp: at(3), eventualBG: 67, predBGs: { IOB: [133, 127, 121], ZT: [133, 127, 115] } } }
};
const loop = (minutesAgo: number, values: unknown[]) => ({
  device: 'loop://iPhone',
  created_at: at(minutesAgo),
  loop: { name: 'Loop', timestamp: at(minutesAgo), predicted: { startDate: at(minutesAgo + 1), values } }
});

let server: TestServer;
let jwt: string;
const get = (query = '', headers = {}): Promise<Answer> =>
  call(server, 'GET', PATH + query, { headers: { ...server.secret, ...headers } });
const upload = (body: unknown): Promise<Answer> => call(server, 'POST', '/api/v1/devicestatus', { body });

beforeAll(async () => {
  server = await startServer({ AUTH_DEFAULT_ROLES: 'denied', ENABLE: 'loop openaps' }, { now: () => NOW });
  const token = await tokenFor(server, 'aaps', ['*']);
  jwt = (await call(server, 'GET', `/api/v2/authorization/request/${token}`)).body.token;
});
afterAll(() => server.close());

describe('GET /api/v2/predictions', () => {
  it('is an empty list before anything predicts', async () => {
    expect((await get()).body).toEqual({ predictions: [] });
  });

  it('has Loop (v1) and AAPS (v3) in one shape', async () => {
    await upload([loop(6, [90, 91]), loop(1, [127, 128.2, 130.9])]);
    const authorization = `Bearer ${jwt}`;
    const { status } = await call(server, 'POST', '/api/v3/devicestatus', { body: aaps, headers: { authorization } });
    expect(status).toBe(201);
    await expect.poll(async () => (await get()).body.predictions.length).toBe(2);
    const { body, headers } = await get();
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    const common = { interval: 300_000, created_at: expect.any(String), mills: expect.any(Number) };
    expect(body.predictions).toEqual([
      {
        ...common,
        source: 'loop',
        device: 'loop://iPhone',
        start: NOW - 2 * 60_000,
        curves: [{ label: 'predicted', values: [127, 128.2, 130.9] }]
      },
      {
        ...common,
        source: 'openaps',
        device: aaps.device,
        start: NOW - 3 * 60_000,
        curves: [
          { label: 'IOB', values: [133, 127, 121] },
          { label: 'ZT', values: [133, 127, 115] }
        ]
      }
    ]);
    expect(body.predictions[0]).toMatchObject({ created_at: at(1), mills: NOW - 60_000 });
  });

  it('leaves the originals as they were uploaded', async () => {
    const { body } = await call(server, 'GET', '/api/v1/devicestatus.json?count=1', { secret: true });
    expect(body[0].loop).toEqual(loop(1, [127, 128.2, 130.9]).loop);
  });

  it('saves the transfer when nothing changed', async () => {
    const etag = (await get()).headers.get('etag')!;
    expect(etag).toMatch(/^W\//);
    // a fetch with a condition of its own would ask for a fresh answer otherwise
    expect((await get('', { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).toBe(304);
  });

  it('is what the last upload says at once', async () => {
    await upload(loop(0, [140]));
    await expect.poll(async () => (await get()).body.predictions[0].curves[0].values).toEqual([140]);
  });

  it.each([
    ['?hours=0.02', 1],
    ['?hours=', 2],
    ['?hours=48', 2]
  ])('%s: %i devices', async (query, count) => {
    expect((await get(query)).body.predictions).toHaveLength(count);
  });

  it.each(['?hours=0', '?hours=-1', '?hours=soon', '?hours=1e999', '?hours[$gt]=1', '?hours=1&hours=2'])(
    '%s is 400',
    async (query) => {
      const { status, body } = await get(query);
      expect([status, body.message]).toEqual([400, 'Bad query']);
    }
  );

  it('is for readers of device statuses', async () => {
    expect((await call(server, 'GET', PATH)).status).toBe(401);
    const reader = await tokenFor(server, 'reader', ['api:devicestatus:read']);
    expect((await call(server, 'GET', `${PATH}?token=${reader}`)).status).toBe(200);
    const other = await tokenFor(server, 'other', ['api:entries:read', 'api:treatments:read']);
    expect((await call(server, 'GET', `${PATH}.json?token=${other}`)).status).toBe(401);
  });

  it('is not there under v1, and has no other verbs', async () => {
    expect((await call(server, 'GET', '/api/v1/predictions', { secret: true })).status).toBe(404);
    expect((await call(server, 'POST', PATH, { body: {} })).status).toBe(404);
  });
});
