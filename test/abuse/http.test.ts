import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, JSON_TYPE, SECRET, type Site, SOON, startSite, statuses, unharmed, wire } from './kit.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

const AUTH = () => `Host: x\r\napi-secret: ${SECRET['api-secret']}\r\n`;
/** Nothing at all (closed), or answers below 500. */
const expectSane = (heard: string): void => {
  for (const status of statuses(heard)) expect(status).toBeLessThan(500);
  expect(heard).not.toMatch(/node_modules|\bat .*\.ts:\d/);
};

describe('requests that are none', () => {
  const BODY = '[{"sgv":1,"date":1}]';
  it.each([
    [
      'both lengths (CL.TE)',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`
    ],
    [
      'both lengths (TE.CL)',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n14\r\n${BODY}\r\n0\r\n\r\n`
    ],
    [
      'two lengths',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nContent-Length: 20\r\nContent-Length: 2\r\n\r\n${BODY}`
    ],
    [
      'a negative length',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nContent-Length: -1\r\n\r\n${BODY}`
    ],
    [
      'a length of 1e99',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nContent-Length: ${'9'.repeat(99)}\r\n\r\n${BODY}`
    ],
    [
      'a length with a plus',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nContent-Length: +20\r\n\r\n${BODY}`
    ],
    [
      'an obscured chunked',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nTransfer-Encoding: xchunked\r\n\r\n${BODY}`
    ],
    [
      'chunked twice',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n14\r\n${BODY}\r\n0\r\n\r\n`
    ],
    [
      'a chunk size that overflows',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${BODY}`
    ],
    [
      'a space before the colon',
      `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Content-Type: application/json\r\nContent-Length : 20\r\n\r\n${BODY}`
    ],
    ['a folded header', `GET /api/v1/status.json HTTP/1.1\r\n{AUTH}X: a\r\n b: c\r\n\r\n`],
    ['a bare line feed in a header', 'GET /api/v1/status.json HTTP/1.1\r\nHost: x\r\nX: a\nX-Injected: 1\r\n\r\n'],
    ['NUL in a header', 'GET /api/v1/status.json HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n'],
    ['no host', 'GET /api/v1/status.json HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /api/v1/status.json HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['HTTP/0.9', 'GET /api/v1/status.json\r\n\r\n'],
    ['HTTP/9.9', 'GET /api/v1/status.json HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex').toString('latin1')],
    ['noise', Array.from({ length: 500 }, (_, n) => String.fromCharCode((n * 37) % 256)).join('')],
    ['a method nobody knows', `BREW /api/v1/entries HTTP/1.1\r\n{AUTH}\r\n`],
    ['CONNECT', `CONNECT example.org:443 HTTP/1.1\r\n{AUTH}\r\n`],
    ['TRACE', `TRACE /api/v1/status.json HTTP/1.1\r\n{AUTH}\r\n`],
    ['an absolute address', `GET http://example.org/api/v1/status.json HTTP/1.1\r\n{AUTH}\r\n`],
    ['a star', `OPTIONS * HTTP/1.1\r\n{AUTH}\r\n`],
    ['an empty path', `GET  HTTP/1.1\r\n{AUTH}\r\n`],
    ['invalid UTF-8 in the path', `GET /api/v1/entries/%C0%AF%FF.json HTTP/1.1\r\n{AUTH}\r\n`],
    ['raw bytes in the path', `GET /api/v1/entries/\xff\xfe HTTP/1.1\r\n{AUTH}\r\n`],
    ['raw bytes in the query', `GET /api/v1/entries.json?find[device]=\xff\xc0\x80 HTTP/1.1\r\n{AUTH}\r\n`],
    ['percent signs without digits', `GET /api/v1/entries.json?find[device]=%&%zz=%E0%A4 HTTP/1.1\r\n{AUTH}\r\n`],
    ['NUL in the path', `GET /api/v1/entries/%00 HTTP/1.1\r\n{AUTH}\r\n`],
    ['a way out of the folder', `GET /..%2f..%2f..%2fetc/passwd HTTP/1.1\r\n{AUTH}\r\n`],
    ['line breaks in the path', `GET /api/v3/entries/a%0d%0aX-Injected:%201 HTTP/1.1\r\n{AUTH}\r\n`],
    ['expect something', `POST /api/v1/entries HTTP/1.1\r\n{AUTH}Expect: the-impossible\r\nContent-Length: 2\r\n\r\n[]`],
    ['an upgrade to nothing', `GET /api/v1/status.json HTTP/1.1\r\n{AUTH}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`],
    [
      'a websocket elsewhere',
      `GET /api/v1/status.json HTTP/1.1\r\n{AUTH}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`
    ]
  ])('%s', async (_what, bytes) => {
    await unharmed(site, async () => {
      const heard = await exchange(site.port, Buffer.from(bytes.replace('{AUTH}', AUTH()), 'latin1'));
      expectSane(heard);
      expect(heard).not.toMatch(/^x-injected/im);
      expect(heard).not.toMatch(/root:/);
    });
  });

  it('a second request hidden behind the first (both lengths) is not answered', async () => {
    await unharmed(site, async () => {
      const hidden = `DELETE /api/v1/entries?find[date][$gt]=0 HTTP/1.1\r\n${AUTH()}\r\n`;
      const one = await wire(site.port);
      await one.write(
        `POST /api/v1/entries HTTP/1.1\r\n${AUTH()}Content-Length: ${hidden.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`
      );
      expect(statuses(await one.until())).toEqual([400]);
    });
  });
});

describe('pipelining', () => {
  it('2,000 requests at once on one connection are answered in order, or the connection ends', async () => {
    await unharmed(site, async () => {
      const one = await wire(site.port);
      await one.write(Array.from({ length: 2000 }, (_, n) => `GET /api/v1/nosuch/${n} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
      await site.answers();
      const heard = await one.until((text) => text.includes('nosuch/1999'));
      const order = [...heard.matchAll(/nosuch\/(\d+)/g)].map(([, n]) => Number(n));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expectSane(heard);
      one.socket.destroy();
    });
  });

  it('a reader who takes nothing: large answers wait outside the memory', async () => {
    const before = site.rss();
    await unharmed(site, async () => {
      const wires = await Promise.all(
        Array.from({ length: 10 }, async () => {
          const one = await wire(site.port);
          one.socket.pause();
          await one.write(`GET /api/openapi.json HTTP/1.1\r\n${AUTH()}\r\n`.repeat(20));
          return one;
        })
      );
      await site.answers();
      expect(site.rss() - before).toBeLessThan(300);
      for (const { socket } of wires) socket.destroy();
    });
  });

  it('half-closed connections get their answer, cut ones harm nobody', async () => {
    await unharmed(site, async () => {
      const half = await wire(site.port);
      half.socket.end(`GET /api/v1/status.json HTTP/1.1\r\n${AUTH()}\r\n`);
      expect(statuses(await half.until())).toEqual([200]);
      for (let n = 0; n < 100; n++) {
        const cut = await wire(site.port);
        await cut.write(
          `POST /api/v1/entries HTTP/1.1\r\n${AUTH()}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n[{"sgv":`
        );
        if (n % 2) cut.socket.resetAndDestroy();
        else cut.socket.end();
      }
    });
  });
});

describe('headers', () => {
  it.each([
    ['thousands of them', Array.from({ length: 3000 }, (_, n) => `a${n}:`).join('\r\n')],
    ['one of a megabyte', `X: ${'x'.repeat(1_000_000)}`],
    ['a secret of 15 kB', `api-secret: ${'f'.repeat(15_000)}`],
    ['a bearer of 15 kB', `Authorization: Bearer ${'a.'.repeat(7000)}`],
    [
      'a thousand languages and encodings',
      `Accept: ${'a/b;q=0.1,'.repeat(1000)}\r\nAccept-Encoding: ${'gzip;q=0.1,'.repeat(50)}`
    ],
    ['a long chain of proxies', `X-Forwarded-For: ${'1.2.3.4, '.repeat(1500)}`],
    [
      'conditions that are none',
      'If-None-Match: ,,,"\r\nIf-Modified-Since: yesterday\r\nIf-Match: W/"x\r\nIf-Unmodified-Since: 1e400'
    ],
    ['a range', 'Range: bytes=0-,-1,5-2,999999999999999999-'],
    ['a type that is none', 'Content-Type: ;;;="\r\nContent-Length: 0'],
    ['a charset that is none', 'Content-Type: application/json; charset=\\u0000\r\nContent-Length: 0']
  ])('%s', async (_what, headers) => {
    await unharmed(site, async () => {
      for (const path of ['/api/v1/entries.json', '/api/v3/lastModified', '/api/v2/properties', '/'])
        expectSane(await exchange(site.port, `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`));
    });
  });

  it('what a client sends never becomes a header of the answer', async () => {
    const evil = 'x%0d%0aX-Injected: 1%0d%0a';
    await unharmed(site, async () => {
      for (const [method, path] of [
        ['GET', `/${evil}`],
        ['GET', `/api/v1/entries/${evil}.json`],
        ['GET', `/api/v3/entries/${evil}`],
        ['PUT', `/api/v3/nosuch/${evil}`],
        ['GET', `/api/v3/swagger-ui-dist?${evil}`]
      ] as const) {
        const answer = await fetch(site.url + path, {
          method,
          headers: { ...site.bearer, 'x-request-id': 'a'.repeat(5000) },
          redirect: 'manual'
        });
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers.get('x-injected')).toBeNull();
        expect(answer.headers.get('x-request-id')?.length ?? 0).toBeLessThan(100);
      }
    });
    const made = await fetch(`${site.url}/api/v3/treatments`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...site.bearer },
      body: JSON.stringify({ identifier: 'x\r\nX-Injected: 1', date: Date.now(), app: 'x', eventType: 'Note' })
    });
    expect(made.status).toBeLessThan(500);
    expect(made.headers.get('x-injected')).toBeNull();
  });
});

describe('queries', () => {
  const API = [
    '/api/v1/entries.json',
    '/api/v1/treatments.json',
    '/api/v2/properties',
    '/api/v3/entries',
    '/api/v3/entries/history/1',
    '/pebble',
    '/'
  ];

  it.each([
    ['a megabyte', `a=${'x'.repeat(1_000_000)}`],
    ['15 kB of conditions', `find[a]=${'x'.repeat(15_000)}`],
    ['two thousand parameters', Array.from({ length: 2000 }, (_, n) => `a${n}=1`).join('&')],
    ['nested brackets', `find${'[a]'.repeat(4000)}=1`],
    ['nested conditions', `find${'[$or][0]'.repeat(1000)}[a]=1`],
    ['a list with an index of a billion', 'find[$or][1000000000][a]=1&find[_id][$in][999999999]=1'],
    ['the same again and again', 'count=1&'.repeat(1500)],
    ['every count', 'count=-1&count=NaN&count=1e400&limit=-1&skip=1e400&limit=999999999999'],
    ['fields and sorts', `fields=${'a,'.repeat(5000)}&sort=${'x'.repeat(1000)}`]
  ])('%s: 400, 414 or 431, or an answer', async (_what, query) => {
    await unharmed(site, async () => {
      for (const path of API) {
        const heard = await exchange(
          site.port,
          `GET ${path}?${query} HTTP/1.1\r\n${AUTH()}Authorization: ${site.bearer.authorization}\r\n\r\n`
        );
        expectSane(heard);
      }
    });
  });

  it.each([
    '(a+)+$',
    '(a|aa)+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(.*)*x',
    '(x+x+)+y',
    `${'(a?)'.repeat(300)}${'a'.repeat(300)}`,
    'a{1000}{1000}',
    '(?:a{0,999}){0,999}',
    '\\p{L}{500,1000}',
    '['.repeat(500),
    '(?=a)',
    '\\1'
  ])('regex bomb %s', async (pattern) => {
    await site.send('PUT', '/api/v1/food', { _id: 'a'.repeat(24), name: `${'a'.repeat(5000)}!`, type: 'food' });
    const device = `${'a'.repeat(5000)}!`;
    await site.send('POST', '/api/v1/entries', { type: 'sgv', sgv: 100, date: Date.now() - 30_000, device });
    const text = encodeURIComponent(pattern);
    await unharmed(site, async () => {
      const began = performance.now();
      for (const path of [
        `/api/v1/entries.json?find[device][$regex]=${text}`,
        `/api/v1/entries.json?find[device]=/${text}/`,
        `/api/v1/treatments.json?find[notes]=/${text}/i`,
        `/api/v1/slice/entries/device/sgv/${text}/${text}`,
        `/api/v1/times/2026/${text}`,
        `/api/v1/times/${encodeURIComponent('{1..9}'.repeat(8))}/x`,
        `/api/v3/entries?device$re=${text}`
      ]) {
        const answer = await site.send('GET', path, undefined, { ...SECRET, ...site.bearer });
        expect([path, answer.status < 500]).toEqual([path, true]);
        await answer.text();
      }
      expect(performance.now() - began).toBeLessThan(SOON);
    });
  });
});
