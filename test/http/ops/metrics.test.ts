import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_SECRET, startServer, type TestServer } from '../../support/start-server.ts';

const TOKEN = 'a-token-for-prometheus';
const status = async (server: TestServer, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(`${server.url}/metrics`, { headers })).status;
const read = async (server: TestServer): Promise<string> =>
  (await fetch(`${server.url}/metrics`, { headers: server.secret })).text();

/** Sum of all series of this name whose labels say all of that. */
function sum(text: string, name: string, labels: Record<string, string> = {}): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

describe('who may read /metrics', () => {
  it.each([
    ['by default administrators and holders of the token', {}, { stranger: 401, secret: 200, token: 200 }],
    ['METRICS=on: everybody', { METRICS: 'on' }, { stranger: 200, secret: 200, token: 200 }],
    ['METRICS=off: nobody', { METRICS: 'off' }, { stranger: 404, secret: 404, token: 404 }]
  ])('%s', async (_, env, expected) => {
    const server = await startServer({ METRICS_TOKEN: TOKEN, ...env });
    try {
      expect({
        stranger: await status(server),
        secret: await status(server, server.secret),
        token: await status(server, { authorization: `Bearer ${TOKEN}` })
      }).toEqual(expected);
    } finally {
      await server.close();
    }
  });

  it('neither somebody with rights to read everything nor a wrong token', async () => {
    const server = await startServer({ METRICS_TOKEN: TOKEN, AUTH_DEFAULT_ROLES: 'readable' });
    try {
      const { access } = server.services;
      await access.admin.subjects.create({ name: 'follower', roles: ['readable'] });
      const { accessToken } = access.admin.subjects.list()[0]!;
      const jwt = (await access.request(accessToken, '127.0.0.1'))!.token;
      const attempts: Record<string, string>[] = [
        {},
        { 'api-secret': accessToken },
        { authorization: `Bearer ${jwt}` },
        { authorization: `Bearer ${TOKEN}x` },
        { 'api-secret': TOKEN },
        { authorization: `Bearer ${API_SECRET}` }
      ];
      for (const headers of attempts) expect(await status(server, headers)).toBe(401);
    } finally {
      await server.close();
    }
  });

  it('the token reads the metrics and nothing else', async () => {
    const server = await startServer({ METRICS_TOKEN: TOKEN, AUTH_DEFAULT_ROLES: 'denied' });
    try {
      const { status } = await fetch(`${server.url}/api/v1/entries.json`, { headers: { authorization: `Bearer ${TOKEN}` } });
      expect(status).toBe(401);
    } finally {
      await server.close();
    }
  });
});

describe('what the metrics say', () => {
  let server: TestServer;
  let other: TestServer;
  const now = Date.now();
  const send = (path: string, body: unknown, method = 'POST') =>
    fetch(server.url + path, {
      method,
      headers: { ...server.secret, 'content-type': 'application/json', 'x-request-id': 'planted-request-id' },
      body: JSON.stringify(body)
    });

  beforeAll(async () => {
    [server, other] = await Promise.all([startServer({ AUTH_DEFAULT_ROLES: 'denied' }), startServer()]);
  });
  afterAll(() => Promise.all([server.close(), other.close()]));

  it('commits, requests, storage and bus are counted; two servers in one process count for themselves', async () => {
    await send('/api/v1/entries.json', [
      { type: 'sgv', sgv: 271, date: now, device: 'planted-device' },
      { type: 'sgv', sgv: 272, date: now - 300_000, device: 'planted-device' }
    ]);
    await send('/api/v1/treatments.json', [
      { eventType: 'Note', notes: 'planted-note', created_at: new Date(now).toISOString() }
    ]);
    await fetch(`${server.url}/api/v1/entries/planted-spec.json?find[sgv]=271&token=planted-token`);
    await fetch(`${server.url}/planted-path`);
    await fetch(`${server.url}/api/v1/planted-path/271`, { headers: server.secret });
    await fetch(`${server.url}/api/v3/entries/planted-identifier`);
    // an answer is counted when it has left
    let text = '';
    await expect
      .poll(async () => {
        text = await read(server);
        return sum(text, 'vigil_http_requests_total', { method: 'GET', route: 'other', status: '4xx' });
      })
      .toBe(2);
    expect(sum(text, 'vigil_commits_total', { door: 'v1', collection: 'entries', op: 'create' })).toBe(2);
    expect(sum(text, 'vigil_commits_total', { door: 'v1', collection: 'treatments', op: 'create' })).toBe(1);
    const requests = (labels: Record<string, string>) => sum(text, 'vigil_http_requests_total', labels);
    expect(requests({ method: 'POST', route: '/api/v1/entries', status: '2xx' })).toBe(1);
    expect(requests({ method: 'GET', route: '/api/v1/entries/:spec', status: '4xx' })).toBe(1);
    expect(requests({ method: 'GET', route: '/api/v3/:collection/:identifier', status: '4xx' })).toBe(1);
    expect(requests({ method: 'GET', route: 'other', status: '4xx' })).toBe(2);
    expect(sum(text, 'vigil_http_request_duration_seconds_count', { route: '/api/v1/entries' })).toBe(1);
    expect(sum(text, 'vigil_storage_operation_seconds_count', { operation: 'apply', collection: 'entries' })).toBeGreaterThan(0);
    expect(sum(text, 'vigil_bus_listener_seconds_count', { event: 'committed', owner: 'live' })).toBe(2);
    expect(sum(text, 'vigil_bus_lag_seconds_count')).toBe(2);
    expect(sum(text, 'vigil_storage_size_bytes', { part: 'data' })).toBeGreaterThan(0);
    expect(sum(text, 'vigil_live_loaded')).toBe(1);
    expect(sum(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(sum(await read(other), 'vigil_commits_total')).toBe(0);
  });

  it('no address, identifier, value or anything else that was sent', async () => {
    const text = await read(server);
    const labels = text
      .split('\n')
      .filter((line) => line.startsWith('vigil_'))
      .map((line) => line.replace(/[^}]*$/, '').replace(/le="[^"]*",?/, ''))
      .join('\n');
    expect(labels).not.toMatch(/planted|27[12]|127\.0\.0\.1|a-secret/);
  });

  it('the number of series does not grow with what strangers send', async () => {
    const lines = async () => (await read(server)).split('\n').filter((line) => line.startsWith('vigil_http')).length;
    await fetch(`${server.url}/x`, { method: 'PROPFIND' });
    const before = await lines();
    for (let n = 0; n < 60; n++) {
      await fetch(`${server.url}/stray/${n}?x=${n}`);
      await fetch(`${server.url}/x${n}`, { method: ['PROPFIND', 'MKCOL', 'REPORT'][n % 3]! });
    }
    expect(await lines()).toBe(before);
  });
});
