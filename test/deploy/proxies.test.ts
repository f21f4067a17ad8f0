import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { io } from 'socket.io-client';
import io2 from 'socket.io-client-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_SHA1, startServer, type TestServer } from '../support/start-server.ts';
import { isHere, type ProxyServer, startProxy } from './proxy-server.ts';

// issue 7: the files under deploy/proxy, run by the programs they are for

const HOST = 'glucose.example.org';
const SHARED = 'www.example.org';
const PATH = '/nightscout';
const PROXIES = ['nginx', 'caddy', 'apache'] as const;
const WRONG_A_MINUTE = 5;

/** Every name leads to this machine, and any certificate will do. */
const lookup: LookupFunction = (_name, { all }, done) => {
  if (all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};
const agent = new Agent({ lookup, rejectUnauthorized: false });

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Address of this machine the visitor comes from. */
  readonly from?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(address: string, { method = 'GET', headers = {}, body, from }: Asked = {}): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const send = address.startsWith('https:') ? httpsRequest : httpRequest;
  const options = {
    method,
    lookup,
    ...(address.startsWith('https:') && { rejectUnauthorized: false }),
    ...(from && { localAddress: from }),
    headers: {
      ...headers,
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) })
    }
  };
  return new Promise((resolve, reject) => {
    const sent = send(address, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    sent.once('error', reject);
    sent.end(text);
  });
}

it.runIf(process.env.CI)('CI has the proxies', () => expect(PROXIES.filter((name) => !isHere(name))).toEqual([]));

describe.each(PROXIES)('%s in front', (name) => {
  describe.skipIf(!isHere(name))('with our file', () => {
    let server: TestServer;
    let proxy: ProxyServer;
    let own: string;
    let below: string;
    beforeAll(async () => {
      server = await startServer({
        INSECURE_USE_HTTP: 'false',
        AUTH_DEFAULT_ROLES: 'denied',
        BASE_URL: `https://${SHARED}${PATH}`,
        RATE_LIMIT_WRONG_CREDENTIALS: String(WRONG_A_MINUTE)
      });
      proxy = await startProxy(name, Number(new URL(server.url).port));
      own = `https://${HOST}:${proxy.https}`;
      below = `https://${SHARED}:${proxy.https}${PATH}`;
    });
    afterAll(async () => {
      await proxy?.close();
      await server?.close();
    });

    it('https is answered, not redirected in a circle, and stays https', async () => {
      for (const site of [own, below]) {
        const { status, headers } = await ask(`${site}/api/v1/status.json`, { headers: server.secret });
        expect([site, status, headers['strict-transport-security']]).toEqual([site, 200, 'max-age=31536000']);
      }
    });

    it.skipIf(name === 'caddy')('plain http goes to https', async () => {
      const { status, headers } = await ask(`http://${HOST}:${proxy.http}/api/v1/entries.json?count=1`, { method: 'POST' });
      expect([status, headers.location]).toEqual([
        308,
        expect.stringMatching(`^https://${HOST}(:\\d+)?/api/v1/entries.json\\?count=1$`)
      ]);
    });

    it.each([
      ['polling', 'EIO 4', io],
      ['websocket', 'EIO 4', io],
      ['polling', 'EIO 3', io2 as unknown as typeof io],
      ['websocket', 'EIO 3', io2 as unknown as typeof io]
    ] as const)('sockets connect: %s, %s', async (transport, _protocol, client) => {
      for (const site of [own, below]) {
        const { origin, pathname } = new URL(`${site}/socket.io`);
        const options = {
          path: pathname,
          transports: [transport],
          forceNew: true,
          reconnection: false,
          rejectUnauthorized: false
        };
        const socket = client(origin, { ...options, agent: agent as never });
        try {
          const rights = await new Promise<{ read: boolean }>((resolve, reject) => {
            socket.on('connect_error', reject);
            socket.on('connect', () => socket.emit('authorize', { client: 'test', secret: SECRET_SHA1, history: 1 }, resolve));
          });
          expect([site, rights.read]).toEqual([site, true]);
        } finally {
          socket.close();
        }
      }
    });

    it('an upload of two megabytes arrives once and whole', async () => {
      const notes = 'x'.repeat(60_000);
      const now = Date.now();
      const many = Array.from({ length: 40 }, (_, n) => ({
        eventType: 'Note',
        notes: `${n} ${notes}`,
        created_at: new Date(now - n * 60_000).toISOString(),
        enteredBy: `large ${name}`
      }));
      const sent = await ask(`${below}/api/v1/treatments.json`, { method: 'POST', headers: server.secret, body: many });
      expect(sent.status).toBe(200);
      const query = new URLSearchParams({ 'find[enteredBy]': `large ${name}`, count: '1000' });
      const read = await ask(`${below}/api/v1/treatments.json?${query}`, {
        headers: { ...server.secret, 'accept-encoding': 'gzip' }
      });
      // by Vigil, for the proxy keeps out of it
      expect(read.headers['content-encoding']).toBe('gzip');
      expect(JSON.parse(gunzipSync(read.body).toString()).map((one: { notes: string }) => one.notes.length)).toEqual(
        Array.from({ length: 40 }, (_, n) => notes.length + `${n} `.length)
      );
    });

    it('below the path: page, files, redirects, and the path without its slash', async () => {
      const page = await ask(`${below}/`);
      expect(page.status).toBe(200);
      const names = [...page.body.toString().matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, found]) => found!);
      expect(names.length).toBeGreaterThan(5);
      for (const address of names.map((found) => new URL(found, `${below}/`).href))
        expect([address, (await ask(address)).status]).toEqual([expect.stringMatching(`^${below}/`), 200]);
      const bare = await ask(below);
      expect([301, 308]).toContain(bare.status);
      expect(new URL(bare.headers.location!, below).pathname).toBe(`${PATH}/`);
      const moved = await ask(`${below}/report?token=a-0123456789abcdef`);
      expect(moved.headers.location).toBe(`${PATH}/report/?token=a-0123456789abcdef`);
    });

    it('wrong guesses count for the visitor, whatever address he claims, and for nobody else', async () => {
      const guess = (n: number) =>
        ask(`${own}/api/v1/entries.json`, {
          from: '127.0.0.2',
          headers: {
            'api-secret': SECRET_SHA1.replace(/^.{4}/, String(1000 + n)),
            'x-forwarded-for': `203.0.113.${n}`,
            'x-real-ip': `203.0.113.${n}`,
            forwarded: `for=203.0.113.${n}`
          }
        });
      const statuses = new Set<number>();
      for (let n = 0; n <= WRONG_A_MINUTE; n++) statuses.add((await guess(n)).status);
      expect([...statuses]).toEqual([401, 429]);
      const neighbour = await ask(`${own}/api/v1/entries.json`, { from: '127.0.0.3', headers: server.secret });
      expect(neighbour.status).toBe(200);
    });
  });
});
