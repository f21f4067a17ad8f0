import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { call } from './call.ts';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const start = async (env: Record<string, string> = {}): Promise<TestServer> => {
  server = await startServer(env);
  return server;
};

describe('HTTP layer (spec §1, §2)', () => {
  it('sends plain requests to https, whatever they are, unless a proxy ended TLS', async () => {
    const s = await start({ INSECURE_USE_HTTP: 'false' });
    const host = new URL(s.url).host;
    for (const path of ['/api/v1/status.json?x=1', '/nosuch', '/robots.txt']) {
      const answer = await call(s, 'GET', path);
      expect(answer.status).toBe(307);
      expect(answer.headers.get('location')).toBe(`https://${host}${path}`);
    }
    const behind = await call(s, 'GET', '/api/v1/status.json', { headers: { 'x-forwarded-proto': 'https' } });
    expect(behind.status).toBe(200);
    expect(behind.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(behind.headers.get('x-content-type-options')).toBe('nosniff');
    expect(behind.headers.get('x-frame-options')).toBeNull();
  });

  it('lets other sites in with the feature cors only', async () => {
    const s = await start({ ENABLE: 'cors' });
    const preflight = await call(s, 'OPTIONS', '/any/path/at/all');
    expect([preflight.status, preflight.text]).toEqual([200, 'OK']);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
    for (const name of ['authorization', 'if-match', 'if-unmodified-since'])
      expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(name);
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await call(s, 'GET', '/api/v1/entries')).headers.get('access-control-allow-headers')).toContain('api-secret');
    await s.close();
    const closed = await start();
    expect((await call(closed, 'GET', '/api/v1/entries')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('tells the methods of a path on OPTIONS, to those who may read', async () => {
    const s = await start({ AUTH_DEFAULT_ROLES: 'denied' });
    expect((await call(s, 'OPTIONS', '/api/v1/entries.json')).status).toBe(401);
    const answer = await call(s, 'OPTIONS', '/api/v1/entries.json', { secret: true });
    expect([answer.status, answer.headers.get('allow'), answer.text]).toEqual([
      200,
      'GET,HEAD,POST,DELETE',
      'GET,HEAD,POST,DELETE'
    ]);
  });

  it('takes gzipped bodies and says so (RFC 7694): xDrip+ compresses only then', async () => {
    const s = await start();
    const raw = gzipSync(JSON.stringify([{ type: 'sgv', sgv: 99, date: Date.now() }]));
    const answer = await call(s, 'POST', '/api/v1/entries', {
      raw,
      headers: { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' }
    });
    expect(answer.body).toHaveLength(1);
    expect(answer.headers.get('accept-encoding')).toBe('gzip');
    expect((await call(s, 'GET', '/api/v1/status.json')).headers.get('accept-encoding')).toBe('gzip');
    for (const path of ['/api/v1/status.json', '/api/v2/properties', '/api/v3/version', '/pebble', '/', '/nosuch'])
      expect([path, (await call(s, 'GET', path)).headers.get('x-powered-by')]).toEqual([path, null]);
  });

  it('shows an unexpected failure as a bare 500 with the request id', async () => {
    const s = await start();
    const broken = s.services.live as { data: unknown };
    const data = broken.data;
    broken.data = () => {
      throw new Error('a fault of ours with /a/path/in.ts:1');
    };
    const answer = await call(s, 'GET', '/api/v1/entries.json', { headers: { 'x-request-id': 'abc-1' } });
    broken.data = data;
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      status: 500,
      message: 'Internal Server Error',
      description: 'Unexpected error, request abc-1'
    });
    expect((await call(s, 'GET', '/api/v1/entries.json')).status).toBe(200);
  });

  it('answers with a page outside of the API, spelling out nothing a browser would run', async () => {
    const s = await start();
    const answer = await call(s, 'GET', '/%3Cscript%3E');
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('<script>');
  });

  it('shows a page to those who type its address, without saying anything about anybody', async () => {
    const s = await start({ AUTH_DEFAULT_ROLES: 'denied', CUSTOM_TITLE: 'My child' });
    for (const path of ['/', '/food', '/clock/clock-color']) {
      const answer = await call(s, 'GET', path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(answer.text).not.toContain('My child');
    }
    expect((await call(s, 'GET', '/robots.txt')).text).toBe('User-agent: *\nDisallow: /');
  });

  it('has no treatments to write without careportal (xDrip+ advises to enable it on "Not Found")', async () => {
    const s = await start({ DISABLE: 'careportal' });
    expect((await call(s, 'POST', '/api/v1/treatments', { body: { eventType: 'Note' } })).status).toBe(404);
    expect((await call(s, 'POST', '/api/v1/activity', { body: {} })).status).toBe(404);
    expect((await call(s, 'GET', '/api/v1/treatments')).status).toBe(200);
  });
});

describe('ETag and Last-Modified (spec §2.4)', () => {
  const at = Date.parse('2026-11-22T12:00:00.400Z');
  const entry = (sgv: number): object => ({ type: 'sgv', sgv, date: at });

  it('the ETag changes exactly when the body does, and is answered with 304', async () => {
    const s = await start();
    const path = '/api/v1/treatments?find[created_at][$gte]=2000';
    const created_at = '2026-11-22T12:00:00.000Z';
    await call(s, 'POST', '/api/v1/treatments', { body: { eventType: 'Note', created_at, notes: 'a' } });
    const before = await call(s, 'GET', path);
    const etag = before.headers.get('etag')!;
    expect(etag).toMatch(/^W\//);
    expect((await call(s, 'GET', path)).headers.get('etag')).toBe(etag);
    // fetch would add `Cache-Control: no-cache`, which asks for a full answer
    const fresh = { 'cache-control': 'max-age=0' };
    const unchanged = await call(s, 'GET', path, { headers: { ...fresh, 'if-none-match': etag } });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    await call(s, 'POST', '/api/v1/treatments', { body: { eventType: 'Note', created_at, notes: 'b' } });
    // the edit is no newer document, so Last-Modified stays; who sends both validators must see it all the same
    const headers = { ...fresh, 'if-none-match': etag, 'if-modified-since': before.headers.get('last-modified')! };
    const after = await call(s, 'GET', path, { headers });
    expect(after.status).toBe(200);
    expect(after.headers.get('etag')).not.toBe(etag);
    expect(after.headers.get('last-modified')).toBe(before.headers.get('last-modified'));
  });

  it('Last-Modified is the time of the newest document, to the second', async () => {
    const s = await start();
    await call(s, 'POST', '/api/v1/entries', { body: [entry(100)] });
    const path = '/api/v1/entries.json?find[date][$gte]=0';
    const answer = await call(s, 'GET', path);
    expect(answer.headers.get('last-modified')).toBe('Sun, 22 Nov 2026 12:00:00 GMT');
    const since = (when: string) => call(s, 'GET', path, { headers: { 'if-modified-since': when } });
    expect((await since('Sun, 22 Nov 2026 12:00:00 GMT')).status).toBe(304);
    expect((await since('2026-11-22T12:00:01Z')).status).toBe(304); // oref0 sends ISO
    expect((await since('Sun, 22 Nov 2026 11:59:59 GMT')).status).toBe(200);
    expect((await since('garbage')).status).toBe(200);
  });

  it('goes on when a reader leaves in the middle of a long answer', async () => {
    const s = await start();
    const body = Array.from({ length: 5000 }, (_, i) => ({
      type: 'sgv',
      sgv: 100,
      date: at - i * 60_000,
      device: 'x'.repeat(900)
    }));
    await call(s, 'POST', '/api/v1/entries', { body });
    for (let i = 0; i < 3; i++) {
      const leaving = new AbortController();
      const response = await fetch(`${s.url}/api/v1/entries.json?find[date][$gte]=0&count=5000`, {
        signal: leaving.signal,
        headers: { 'accept-encoding': 'identity' }
      });
      await response.body!.getReader().read();
      leaving.abort();
    }
    expect((await call(s, 'GET', '/api/v1/entries.json?find[date][$gte]=0&count=5000')).body).toHaveLength(5000);
  });

  it('streams what is long, whole and without an ETag, to HEAD and GET', async () => {
    const s = await start();
    const body = Array.from({ length: 6000 }, (_, i) => ({
      type: 'sgv',
      sgv: 100,
      date: at - i * 60_000,
      device: 'x'.repeat(150)
    }));
    await call(s, 'POST', '/api/v1/entries', { body });
    const path = '/api/v1/entries.json?find[date][$gte]=0&count=6000';
    const answer = await call(s, 'GET', path);
    expect(answer.body).toHaveLength(6000);
    expect(answer.body.map((doc: { date: number }) => doc.date)).toEqual(body.map(({ date }) => date));
    expect(answer.headers.get('etag')).toBeNull();
    expect(answer.headers.get('last-modified')).not.toBeNull();
    const head = await call(s, 'HEAD', path);
    expect([head.status, head.text]).toEqual([200, '']);
    const csv = await call(s, 'GET', path.replace('.json', '.csv'));
    expect(csv.text.split('\r\n')).toHaveLength(6000);
  });
});
