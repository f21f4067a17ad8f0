import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JSON_TYPE, SECRET, type Site, startSite } from './kit.ts';

/** As many clients as a test wants, through a proxy on this machine. */
const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
const ask = (site: Site, path: string, address: string, headers: Record<string, string> = SECRET, init: RequestInit = {}) =>
  fetch(site.url + path, { ...init, headers: { ...from(address), ...headers, ...(init.headers as object) } });

async function expectTooMany(answer: Response): Promise<void> {
  expect(answer.status).toBe(429);
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(await answer.json()).toMatchObject({ status: 429, message: expect.any(String) });
}

describe('guessing, with the defaults', () => {
  let site: Site;
  const HOME = '203.0.113.1';
  beforeAll(async () => {
    site = await startSite();
    // the phones of the family
    expect((await ask(site, '/api/v1/entries.json', HOME)).status).toBe(200);
    expect((await ask(site, '/api/v3/lastModified', HOME, site.bearer)).status).toBe(200);
    // one of their address guesses, or has gone mad
    for (let n = 0; n < 30; n++)
      expect((await ask(site, '/api/v1/entries.json', HOME, { 'api-secret': `guess ${n}` })).status).toBe(401);
  });
  afterAll(() => site.stop());

  it.each([
    ['v1 header', '/api/v1/entries.json', { 'api-secret': 'one more' }],
    ['v1 query', '/api/v1/entries.json?secret=one-more', {}],
    ['v1 token', '/api/v1/entries.json?token=one-more', {}],
    ['v2', '/api/v2/properties?secret=one-more', {}],
    ['pebble', '/pebble?secret=one-more', {}],
    ['verifyauth', '/api/v1/verifyauth?secret=one-more', {}],
    ['v2 exchange', '/api/v2/authorization/request/one-more-0123456789abcdef', {}],
    ['v3', '/api/v3/entries', { authorization: 'Bearer a.b.c' }],
    ['admin', '/api/v2/authorization/subjects', { 'api-secret': 'one more' }]
  ] as [string, string, Record<string, string>][])('%s: 429 with Retry-After', async (_door, path, headers) => {
    await expectTooMany(await ask(site, path, HOME, headers));
  });

  it('a body with credentials', async () => {
    await expectTooMany(
      await ask(site, '/api/v1/treatments', HOME, JSON_TYPE, { method: 'POST', body: '{"secret":"one more","notes":"x"}' })
    );
  });

  it.each([
    ['', 'authorize', { client: 'x', secret: 'one more' }, { result: 'Too many requests', retryAfter: expect.any(Number) }],
    [
      '/storage',
      'subscribe',
      { accessToken: 'one-more' },
      { success: false, message: 'Too many requests', retryAfter: expect.any(Number) }
    ],
    [
      '/alarm',
      'subscribe',
      { accessToken: 'one-more' },
      { success: false, message: 'Too many requests', retryAfter: expect.any(Number) }
    ]
  ])('sockets of %s/: %s says so', async (namespace, event, message, answer) => {
    const socket = io(site.url + namespace, { transports: ['websocket'], forceNew: true, extraHeaders: from(HOME) });
    await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
    expect(await new Promise((resolve) => socket.emit(event, message, resolve))).toEqual(answer);
    socket.close();
  });

  it('loses no upload of the family behind the same address, and shuts out no visitor', async () => {
    const upload = { method: 'POST', body: JSON.stringify([{ type: 'sgv', sgv: 99, date: Date.now() }]), headers: JSON_TYPE };
    expect((await ask(site, '/api/v1/entries', HOME, SECRET, upload)).status).toBe(200);
    const note = JSON.stringify({ eventType: 'Note', date: Date.now(), app: 'x' });
    expect(
      (await ask(site, '/api/v3/treatments', HOME, site.bearer, { method: 'POST', body: note, headers: JSON_TYPE })).status
    ).toBe(201);
    expect((await ask(site, '/api/v1/entries.json', HOME, {})).status).toBe(200);
    expect((await ask(site, '/api/v1/entries.json', '203.0.113.2', { 'api-secret': 'wrong' })).status).toBe(401);
  });

  it('an IPv6 client is its /64', async () => {
    for (let n = 0; n < 30; n++)
      await ask(site, '/api/v1/entries.json', `2001:db8:1:2::${n + 1}`, { 'api-secret': `guess ${n}` });
    await expectTooMany(await ask(site, '/api/v1/entries.json', '2001:db8:1:2:ffff::1', { 'api-secret': 'one more' }));
    expect((await ask(site, '/api/v1/entries.json', '2001:db8:1:3::1', { 'api-secret': 'one more' })).status).toBe(401);
  });

  it.each(['/healthz', '/readyz'])('%s answers whoever asks, however often', async (path) => {
    for (let n = 0; n < 200; n++) expect((await ask(site, path, HOME, { 'api-secret': 'wrong' })).status).toBe(200);
  });
});

describe('what is dear', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite({ RATE_LIMIT_SEARCHES: '5', RATE_LIMIT_LARGE_ANSWERS: '2' });
    const now = Date.now();
    const status = { device: 'x', notes: 'y'.repeat(900) };
    for (let part = 0; part < 6; part++)
      await site.send(
        'POST',
        '/api/v1/devicestatus',
        Array.from({ length: 900 }, (_, n) => ({ ...status, created_at: new Date(now - (part * 1000 + n) * 1000).toISOString() }))
      );
  });
  afterAll(() => site.stop());

  it.each([
    ['198.51.100.1', '/api/v1/entries.json?find[device][$regex]=x'],
    ['198.51.100.2', '/api/v1/entries.json?find%5Bdevice%5D=%2Fx%2F'],
    ['198.51.100.3', '/api/v1/times/2026/.*.json'],
    ['198.51.100.4', '/api/v2/slice/entries/dateString/sgv/2026.json'],
    ['198.51.100.5', '/api/v1/count/entries/where.json'],
    ['198.51.100.6', '/api/v2/ddata/at/2026-01-01'],
    ['198.51.100.7', '/api/v3/entries?device$re=x']
  ])('%s: %s', async (address, path) => {
    for (let n = 0; n < 5; n++) expect((await ask(site, path, address, { ...SECRET, ...site.bearer })).status).toBe(200);
    await expectTooMany(await ask(site, path, address, { ...SECRET, ...site.bearer }));
    // the rest goes on, for that client and for others
    expect((await ask(site, '/api/v1/entries.json?count=10', address)).status).toBe(200);
    expect((await ask(site, path, `${address}0`, { ...SECRET, ...site.bearer })).status).toBe(200);
  });

  it('large answers are counted as answered, not as asked', async () => {
    const small = '/api/v1/entries.json?count=100000';
    const large = '/api/v1/devicestatus.json?count=100000';
    for (let n = 0; n < 30; n++) expect((await ask(site, small, '198.51.100.20')).status).toBe(200);
    for (let n = 0; n < 2; n++)
      expect((await (await ask(site, large, '198.51.100.20')).text()).length).toBeGreaterThan(4_194_304);
    await expectTooMany(await ask(site, large, '198.51.100.20'));
    expect((await ask(site, '/api/v1/devicestatus.json?count=10', '198.51.100.20')).status).toBe(200);
    expect((await ask(site, small, '198.51.100.21')).status).toBe(200);
  });

  it('a proxy on this machine that names nobody is not taken for one greedy client', async () => {
    for (let n = 0; n < 20; n++) expect((await site.send('GET', '/api/v1/count/entries/where.json')).status).toBe(200);
  });
});

describe('switched off', () => {
  it('0 is no limit', { timeout: 90_000 }, async () => {
    const site = await startSite({ RATE_LIMIT_SEARCHES: '0', RATE_LIMIT_LARGE_ANSWERS: '0', RATE_LIMIT_WRONG_CREDENTIALS: '0' });
    for (let n = 0; n < 150; n++) {
      expect((await ask(site, '/api/v1/count/entries/where.json', '198.51.100.9')).status).toBe(200);
      expect((await ask(site, '/api/v1/entries.json', '198.51.100.9', { 'api-secret': `guess ${n}` })).status).toBe(401);
    }
    await site.stop();
  });
});
