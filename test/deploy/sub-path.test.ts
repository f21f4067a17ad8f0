import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import io2 from 'socket.io-client-v2';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookFromOutside } from '../../src/audit/outside.ts';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { SECRET_SHA1, startServer, type TestServer } from '../support/start-server.ts';
import { startStripProxy } from './strip-proxy.ts';

// issue 7: BASE_URL=https://host/nightscout, behind proxies that strip the path and such that pass it on

const PATH = '/nightscout';
const ASSETS = new URL('../../src/pages/assets/', import.meta.url).pathname;
const START = ['/', '/clock/bgclock', '/clock/clock/', '/food', '/food/', '/profile', '/split', '/split/', '/report', '/admin'];
const scripts = readdirSync(join(ASSETS, 'js')).map((name) => `js/${name}`);

/** Addresses in a page, style sheet, module or manifest, as a browser would look for them. */
function addressesIn(type: string, text: string, self: string): string[] {
  const found = type.includes('html')
    ? [...text.matchAll(/\s(?:href|src|action)="([^"#]+)"/g)].map(([, address]) => address!)
    : type.includes('javascript')
      ? [...text.matchAll(/^import .* from '([^']+)';$/gm)].map(([, address]) => address!)
      : type.includes('css')
        ? [...text.matchAll(/url\(["']?([^"')]+)/g)].map(([, address]) => address!)
        : self.endsWith('/manifest.json')
          ? [...text.matchAll(/"(?:start_url|scope|src)": "([^"]+)"/g)].map(([, address]) => address!)
          : [];
  return found.filter((address) => !address.startsWith('data:')).map((address) => new URL(address, self).href);
}

describe.each([
  { proxy: 'passes the path on', strips: false, baseUrl: `https://host.example${PATH}` },
  { proxy: 'strips the path', strips: true, baseUrl: `https://host.example${PATH}/` },
  { proxy: 'strips the path, and BASE_URL is not set', strips: true, baseUrl: '' }
])('a site below a path, whose proxy $proxy', ({ strips, baseUrl }) => {
  let server: TestServer;
  let proxy: { close: () => Promise<void> } | undefined;
  let origin: string;
  beforeAll(async () => {
    server = await startServer({ API3_SECURITY_ENABLE: 'false', ...(baseUrl && { BASE_URL: baseUrl }) });
    const front = strips ? await startStripProxy(server.url, PATH) : undefined;
    proxy = front;
    origin = front?.url ?? server.url;
  });
  afterAll(async () => {
    await proxy?.close();
    await server.close();
  });
  const get = (address: string) => fetch(address, { redirect: 'manual', headers: { Accept: 'text/html,*/*;q=0.8' } });

  it('every page, and all that pages and their files name, lies below it and is there', async () => {
    const known = new Set<string>();
    const queue = [...START, '/api-docs/', '/api3-docs/', '/api/sockets-docs'].map((path) => `${origin}${PATH}${path}`);
    while (queue.length > 0) {
      const address = queue.pop()!;
      if (known.has(address)) continue;
      known.add(address);
      expect(new URL(address).pathname).toMatch(/^\/nightscout\//);
      const answer = await get(address);
      const location = answer.headers.get('location');
      // redirects are only right where the server knows its path, or the proxy rewrites them
      if (location !== null && baseUrl !== '') queue.push(new URL(location, address).href);
      else if (location === null) expect([address, answer.status]).toEqual([address, 200]);
      const type = answer.headers.get('content-type') ?? '';
      if (!address.includes('-docs/')) queue.push(...addressesIn(type, await answer.text(), address));
    }
    const paths = [...known].map((address) => new URL(address).pathname.slice(PATH.length));
    for (const path of ['/assets/base.css', '/assets/icon.svg', '/assets/js/site.js', '/socket.io/socket.io.esm.min.js'])
      expect(paths).toContain(path);
    expect(paths).toEqual(expect.arrayContaining(['/', '/manifest.json', '/report/', '/admin/', '/clock/clock']));
  });

  it.each([
    ['polling', 'EIO 4', io, ['polling']],
    ['websocket', 'EIO 4', io, ['websocket']],
    ['polling', 'EIO 3', io2, ['polling']],
    ['websocket', 'EIO 3', io2, ['websocket']]
  ] as const)('sockets connect below it: %s, %s', async (_way, _protocol, connect, transports) => {
    const socket = (connect as typeof io)(origin, {
      path: `${PATH}/socket.io`,
      transports: [...transports],
      forceNew: true,
      reconnection: false
    });
    try {
      const rights = await new Promise<{ read: boolean }>((resolve, reject) => {
        socket.on('connect_error', reject);
        socket.on('connect', () => socket.emit('authorize', { client: 'test', secret: SECRET_SHA1, history: 1 }, resolve));
      });
      expect(rights.read).toBe(true);
    } finally {
      socket.close();
    }
  });

  it('uploads are stored once and read back', async () => {
    const api = request(`${origin}${PATH}`);
    const date = Date.now() - 60_000;
    const sent = await api
      .post('/api/v1/entries.json')
      .set(server.secret)
      .send([{ type: 'sgv', sgv: 123, date, direction: 'Flat' }]);
    expect(sent.status).toBe(200);
    const read = await api.get(`/api/v1/entries.json?find[date]=${date}`).set(server.secret);
    expect(read.body.map(({ sgv }: { sgv: number }) => sgv)).toEqual([123]);
    const missing = await api.get('/api/v3/nosuch').set(server.secret);
    expect([missing.status, missing.body.status]).toEqual([404, 404]);
  });

  it('vigil audit --url looks at this site, not at what stands at the top of the host', async () => {
    const { url, seen } = await lookFromOutside(`${origin}${PATH}/`);
    expect([url, seen['status.json is open'], seen['glucose is open (v1)']]).toEqual([`${origin}${PATH}`, 'yes', 'yes']);
  });

  it('where the path is known, what the server says of its own addresses names it', async () => {
    const api = request(`${origin}${PATH}`);
    const known = baseUrl === '' ? '' : PATH;
    const doc = { app: 'test', eventType: 'Note', date: Date.now() + (strips ? 1 : 0), identifier: 'a-note-of-the-test' };
    const created = await api.post('/api/v3/treatments').send(doc);
    expect([created.status, created.headers.location]).toEqual([201, `${known}/api/v3/treatments/a-note-of-the-test`]);
    for (const [from, to] of [
      ['/admin?token=a-0123456789abcdef', `${known}/admin/?token=a-0123456789abcdef`],
      ['/report', `${known}/report/`],
      ['/api-docs', `${known}/api-docs/`],
      ['/api3-docs', `${known}/api3-docs/`],
      ['/swagger-ui-dist', `${known}/api-docs`],
      ['/api/v3/swagger-ui-dist', known ? `${known}/api3-docs` : '../../../api3-docs']
    ] as const)
      expect([from, (await api.get(from).redirects(0)).headers.location]).toEqual([from, to]);
    expect((await api.get('/api/openapi.json')).body.servers[0].url).toBe(known || '/');
    expect((await api.get('/api/asyncapi.json')).body.servers.site.pathname).toBe(`${known}/socket.io/`);
  });

  it.skipIf(chromiumPath === undefined || baseUrl === '')(
    'in Chromium every page works, asks nothing outside, keeps its sign-in to itself',
    async () => {
      const browser = await startChromium();
      try {
        const context = await browser.newContext();
        const asked: string[] = [];
        const complaints: string[] = [];
        context.on('request', (one) => asked.push(one.url()));
        context.on('response', (one) => one.status() >= 400 && complaints.push(`${one.status()} ${one.url()}`));
        const page = await context.newPage();
        page.on('pageerror', (error) => complaints.push(error.message));
        await context.addInitScript({ content: `localStorage.setItem('apisecrethash ${PATH}/', '${SECRET_SHA1}')` });
        // the others share their modules with these
        for (const path of ['/clock/bgclock', '/admin/', '/split', '/api-docs/'])
          await Promise.all([
            page.waitForResponse((one) => /\/api\//.test(one.url()) && one.ok()),
            page.goto(`${origin}${PATH}${path}`, { waitUntil: 'load' })
          ]);
        const [upgraded] = await Promise.all([page.waitForEvent('websocket'), page.goto(`${origin}${PATH}/`)]);
        expect(new URL(upgraded.url()).pathname).toBe(`${PATH}/socket.io/`);
        const scope = await page.evaluate('navigator.serviceWorker.ready.then(({ scope }) => scope)');
        expect(scope).toBe(`${origin}${PATH}/`);
        const paths = asked.map((address) => new URL(address)).filter(({ protocol }) => protocol === 'http:');
        expect(paths.filter(({ pathname }) => !pathname.startsWith(`${PATH}/`))).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    60_000
  );
});

describe('a site below a path', () => {
  it('its bare path moves to the slash form, query included; nothing else of the host is taken', async () => {
    const server = await startServer({ BASE_URL: `https://host.example${PATH}` });
    try {
      const moved = await request(server.url).get(`${PATH}?token=a-0123456789abcdef`).redirects(0);
      expect([moved.status, moved.headers.location]).toEqual([301, `${PATH}/?token=a-0123456789abcdef`]);
      for (const path of [`${PATH}x`, `${PATH}x/`, `${PATH}${PATH}/`, `/x${PATH}/`])
        expect([path, (await request(server.url).get(path)).status]).toEqual([path, 404]);
      // straight from the own network, too
      expect((await request(server.url).get('/api/v1/status.json')).status).toBe(200);
    } finally {
      await server.close();
    }
  });

  it('plain http goes to https below the same path, whichever way the proxy sends it', async () => {
    const server = await startServer({ BASE_URL: `https://host.example${PATH}`, INSECURE_USE_HTTP: 'false', SECURE_CSP: 'on' });
    try {
      for (const sent of ['/report/?a=1', `${PATH}/report/?a=1`]) {
        const plain = await request(server.url).get(sent).set('Host', 'host.example').redirects(0);
        expect([plain.status, plain.headers.location]).toEqual([307, `https://host.example${PATH}/report/?a=1`]);
        const proxied = await request(server.url).get(sent).set('X-Forwarded-Proto', 'https').redirects(0);
        expect([proxied.status, proxied.headers['content-security-policy']]).toEqual([
          200,
          expect.stringContaining(`report-uri ${PATH}/report-violation`)
        ]);
      }
      const bare = await request(server.url).post(PATH).set('Host', 'host.example').redirects(0);
      expect(bare.headers.location).toBe(`https://host.example${PATH}/`);
    } finally {
      await server.close();
    }
  });
});

it.each(scripts)('%s names addresses of this site through site.js only, so that they hold below a path', (name) => {
  const text = readFileSync(join(ASSETS, name), 'utf8');
  // `/api/…` goes through api(), which does so itself; a reader asks through it
  const bare = [...text.matchAll(/.*['"`]\/[a-z][^\n]*/g)].map(([line]) => line.trim());
  const allowed = /^(\/\*\*|\/\/|\*)|here\(\s*['"`]\/|\b(?:api|createReader)\(\s*['"`]\/api\/|= ['"`]\/api\//;
  expect(bare.filter((line) => !allowed.test(line))).toEqual([]);
  expect(text).not.toMatch(/(fetch|io|open|register)\(\s*['"`]\//);
});
