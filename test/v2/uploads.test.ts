import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

// issue 7, "where is my data?": who sent what last, and why something was refused

const LOOP = 'Loop/57 CFNetwork/1494.0.7 Darwin/23.4.0';
const WRONG = 'f'.repeat(40);

interface App {
  readonly app: string;
  readonly doors: string[];
  readonly reading?: { readonly at: number; readonly mills: number };
  readonly treatment?: object;
  readonly userAgent?: string;
  readonly address?: string;
}
interface View {
  readonly apps: readonly App[];
  readonly glucose: { readonly readings: number; readonly gaps: readonly object[] };
  readonly refused?: readonly {
    readonly app: string;
    readonly reason: string;
    readonly what: string;
    readonly detail?: string;
  }[];
}

let server: TestServer;
const tokens: Record<string, string> = {};
const sockets: Socket[] = [];

beforeAll(async () => {
  server = await startServer({ AUTH_DEFAULT_ROLES: 'denied', RATE_LIMIT_WRONG_CREDENTIALS: '0' });
  const { subjects } = server.services.access.admin;
  for (const role of ['admin', 'readable', 'careportal']) await subjects.create({ name: role, roles: [role] });
  for (const { name, accessToken } of subjects.list()) tokens[name] = accessToken;
});
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await server.close();
});

const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
  });
const view = async (headers: Record<string, string> = server.secret) =>
  (await (await send('GET', '/api/v2/uploads', undefined, headers)).json()) as View;
const lastRefusal = async () => (await view()).refused![0];
const entry = (minutesAgo: number, more: object = {}) => ({
  type: 'sgv',
  sgv: 120,
  date: Date.now() - minutesAgo * 60_000,
  ...more
});

describe('uploads', () => {
  it('of v1 are told with the app of the request, since Loop names only the sensor', async () => {
    const body = [entry(30, { device: 'Dexcom G6 21.0' }), entry(2, { device: 'Dexcom G6 21.0' })];
    expect((await send('POST', '/api/v1/entries', body, { ...server.secret, 'user-agent': LOOP })).status).toBe(200);
    const { apps, glucose } = await view();
    expect(apps[0]).toMatchObject({
      app: 'Loop',
      device: 'Dexcom G6 21.0',
      doors: ['v1'],
      userAgent: LOOP,
      address: '127.0.0.1'
    });
    expect(apps[0]!.reading!.mills).toBe(body[1]!.date);
    expect(glucose).toMatchObject({ readings: 2, gaps: [{ from: body[0]!.date, to: body[1]!.date }] });
  });

  it('of v3 and of the root socket as well', async () => {
    const { token } = (await (await send('GET', `/api/v2/authorization/request/${tokens.admin}`)).json()) as { token: string };
    const doc = { ...entry(1), app: 'AAPS', device: 'G6 Native', utcOffset: 0 };
    expect((await send('POST', '/api/v3/entries', doc, { authorization: `Bearer ${token}` })).status).toBe(201);
    const socket = io(server.url, { transports: ['websocket'], forceNew: true });
    sockets.push(socket);
    await socket
      .timeout(5000)
      .emitWithAck('authorize', { client: 'Android_AAPS', secret: server.secret['api-secret'], history: 1 });
    const data = { eventType: 'Note', created_at: new Date().toISOString(), notes: 'x' };
    await socket.timeout(5000).emitWithAck('dbAdd', { collection: 'treatments', data });
    await expect.poll(async () => (await view()).apps.find(({ app }) => app === 'AAPS')?.doors).toEqual(['root', 'v3']);
    expect((await view()).apps.find(({ app }) => app === 'AAPS')?.treatment).toBeDefined();
  });
});

describe('refusals, for administrators', () => {
  it.each([
    ['wrong-secret', { 'api-secret': WRONG }],
    ['wrong-token', { 'api-secret': 'phone-0123456789abcdef' }],
    ['no-credentials', {}]
  ])('%s', async (reason, headers) => {
    expect((await send('POST', '/api/v1/treatments', [], { ...headers, 'user-agent': LOOP })).status).toBe(401);
    expect(await lastRefusal()).toMatchObject({ app: 'Loop', reason, what: 'POST /api/v1/treatments' });
  });

  it('a wrong token in the address is none that is repeated', async () => {
    await send('GET', '/api/v1/entries.json?token=phone-0123456789abcdef', undefined, {
      'user-agent': 'LoopFollow/1 CFNetwork/1'
    });
    const told = await lastRefusal();
    expect(told).toMatchObject({ app: 'LoopFollow', reason: 'wrong-token', what: 'GET /api/v1/entries' });
    expect(JSON.stringify(told)).not.toContain('0123456789abcdef');
  });

  it('missing right, bad data, and an address with /api/v1 where none belongs', async () => {
    await send('POST', '/api/v1/entries', [entry(0)], { 'api-secret': tokens.careportal!, 'user-agent': LOOP });
    expect(await lastRefusal()).toMatchObject({ reason: 'missing-right', what: 'POST /api/v1/entries' });
    await send('POST', '/api/v1/entries', '[{"sgv":133,', { ...server.secret, 'user-agent': LOOP });
    expect(await lastRefusal()).toMatchObject({ reason: 'bad-data', detail: 'The body is not valid JSON' });
    await send('GET', '/api/v1/api/v1/experiments/test', undefined, { 'user-agent': LOOP });
    expect(await lastRefusal()).toMatchObject({ reason: 'wrong-address', what: 'GET /api/v1/…' });
  });

  it('on v3, and a session that has run out is none', async () => {
    await send('PATCH', '/api/v3/treatments/x', { insulin: 1 }, { authorization: 'Bearer nonsense', 'user-agent': 'okhttp/5' });
    expect(await lastRefusal()).toMatchObject({ app: 'AAPS', reason: 'wrong-token', what: 'PATCH /api/v3/treatments' });
    const before = (await view()).refused!.length;
    await send('GET', '/api/v3/status', undefined, { 'user-agent': 'okhttp/5' });
    expect((await view()).refused).toHaveLength(before);
  });

  it.each([
    ['/', 'authorize', { client: 'Android_AAPS', secret: WRONG, history: 1 }, 'AAPS', 'wrong-secret'],
    ['/storage', 'subscribe', { accessToken: 'nobody-0123456789abcdef' }, undefined, 'wrong-token'],
    ['/alarm', 'subscribe', { secret: WRONG }, undefined, 'wrong-secret']
  ])('on the socket %s', async (namespace, event, message, app, reason) => {
    const socket = io(server.url + namespace, { transports: ['websocket'], forceNew: true, reconnection: false });
    sockets.push(socket);
    socket.emit(event, message);
    await expect
      .poll(async () =>
        (await view()).refused!.find(({ what }) => what.startsWith(event) && what.endsWith(namespace === '/' ? event : namespace))
      )
      .toMatchObject({ reason, ...(app && { app }) });
  });

  it('plain http where https is expected', async () => {
    const strict = await startServer({ INSECURE_USE_HTTP: 'false' });
    try {
      await fetch(`${strict.url}/api/v1/experiments/test`, { redirect: 'manual', headers: { 'user-agent': LOOP } });
      await fetch(`${strict.url}/`, { redirect: 'manual' });
      expect(strict.services.uploads!.refused()).toMatchObject([
        { app: 'Loop', reason: 'plain-http', what: 'GET /api/v1/experiments' }
      ]);
    } finally {
      await strict.close();
    }
  });
});

describe('who sees what', () => {
  it('readers see apps, neither addresses nor refusals', async () => {
    const seen = await view({ 'api-secret': tokens.readable! });
    expect(seen.apps.length).toBeGreaterThan(0);
    expect(seen.refused).toBeUndefined();
    expect(JSON.stringify(seen)).not.toMatch(/127\.0\.0\.1|CFNetwork/);
  });

  it.each([
    ['a stranger', undefined],
    ['who may only enter treatments', 'careportal']
  ])('%s sees nothing', async (_name, role) => {
    const headers: Record<string, string> = role ? { 'api-secret': tokens[role]! } : {};
    expect((await send('GET', '/api/v2/uploads', undefined, headers)).status).toBe(401);
  });

  it('a device that is obscured stays so for readers', async () => {
    const site = await startServer({ OBSCURE_DEVICE_PROVENANCE: 'hidden' });
    try {
      const headers = { ...site.secret, 'content-type': 'application/json' };
      const body = JSON.stringify([entry(1, { device: 'my-own-sensor' })]);
      await fetch(`${site.url}/api/v1/entries`, { method: 'POST', headers, body });
      const [reader, admin] = await Promise.all(
        [{}, site.secret].map(async (one) => (await fetch(`${site.url}/api/v2/uploads`, { headers: { ...one } })).text())
      );
      expect(reader).not.toContain('my-own');
      expect(reader).toContain('hidden');
      expect(admin).toContain('my-own-sensor');
    } finally {
      await site.close();
    }
  });
});
