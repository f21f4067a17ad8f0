import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JSON_TYPE, SECRET, type Site, startSite, statuses, unharmed, wire } from './kit.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

const MIB = 1_048_576;

/** Every route that reads a body. */
const DOORS: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/api/v1/entries'],
  ['POST', '/api/v1/entries/preview'],
  ['POST', '/api/v1/treatments'],
  ['PUT', '/api/v1/treatments'],
  ['POST', '/api/v1/devicestatus'],
  ['POST', '/api/v1/profile'],
  ['PUT', '/api/v1/profile'],
  ['POST', '/api/v1/food'],
  ['PUT', '/api/v1/food'],
  ['POST', '/api/v1/activity'],
  ['PUT', '/api/v1/activity'],
  ['POST', '/api/v1/notifications/pushovercallback'],
  ['POST', '/api/v2/entries'],
  ['POST', '/api/v2/notifications/loop'],
  ['POST', '/api/v2/authorization/subjects'],
  ['PUT', '/api/v2/authorization/subjects'],
  ['POST', '/api/v2/authorization/roles'],
  ['PUT', '/api/v2/authorization/roles'],
  ['POST', '/api/v3/entries'],
  ['PUT', '/api/v3/treatments/abuse-1'],
  ['PATCH', '/api/v3/treatments/abuse-1'],
  ['POST', '/api/v3/settings'],
  ['POST', '/report-violation']
];

const headersFor = (path: string): Record<string, string> => ({
  ...JSON_TYPE,
  ...(path.includes('/v3/') ? site.bearer : SECRET)
});

async function post(
  method: string,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {}
): Promise<Response> {
  return fetch(site.url + path, {
    method,
    headers: { ...headersFor(path), ...headers },
    body: new Uint8Array(Buffer.from(body))
  });
}

/** An answer below 500 that says what is wrong, in the words of its API; `allowed` where nothing is read. */
async function expectRefused(path: string, answer: Response, codes: readonly number[]): Promise<void> {
  const text = await answer.text();
  expect(text).not.toMatch(/\bat .*:\d+:\d+|node_modules/);
  if (path === '/report-violation') expect(answer.status).toBeLessThan(500);
  else {
    expect(codes).toContain(answer.status);
    expect(JSON.parse(text)).toMatchObject({ status: answer.status, message: expect.any(String) });
  }
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const nestedObject = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const DEEP = [
  ['a list nested 100,000 deep', nested(100_000)],
  ['an object nested 100,000 deep', nestedObject(100_000)],
  ['a document with something nested 100,000 deep in it', `{"date":1795329859000,"x":${nestedObject(100_000)}}`],
  ['a list of them', `[{"x":${nested(5000)}},{"x":${nested(5000)}}]`],
  ['nesting that is never closed', '{"a":['.repeat(50_000)]
] as const;
const BOMB = gzipSync(Buffer.alloc(60 * MIB, ' '));
const LARGE = /entries|treatments|v3/;

describe.each(DOORS)('%s %s', (method, path) => {
  it('deep JSON is refused', async () => {
    await unharmed(site, async () => {
      for (const [, body] of DEEP) await expectRefused(path, await post(method, path, body), [400]);
    });
  });

  it('a gzip bomb counts as what it unpacks to', async () => {
    expect(BOMB.length).toBeLessThan(100_000);
    await unharmed(site, async () =>
      expectRefused(path, await post(method, path, BOMB, { 'content-encoding': 'gzip' }), [400, 413])
    );
  });

  it.skipIf(LARGE.test(path))('a body above one MiB is refused', async () => {
    await unharmed(site, async () => expectRefused(path, await post(method, path, `[${'{},'.repeat(700_000)}{}]`), [413]));
  });
});

it.each(DOORS.filter(([method, path]) => method === 'POST' && /(entries|v3.settings)$/.test(path)))(
  '%s %s: a body above 50 MiB is refused',
  async (method, path) => {
    await unharmed(site, async () => expectRefused(path, await post(method, path, ' '.repeat(51 * MIB)), [413]));
  }
);

it('swarms of empty documents below the limit of bytes are refused before they are values', async () => {
  const before = site.rss();
  await unharmed(site, async () =>
    expectRefused('', await post('POST', '/api/v1/entries', `[${'{},'.repeat(4_000_000)}{}]`), [413])
  );
  expect(site.rss() - before).toBeLessThan(400);
});

it('a bomb inside the limit of bytes, by another road: brotli, zlib', async () => {
  const brackets = Buffer.alloc(49 * MIB, '[');
  await unharmed(site, async () => {
    const brotli = brotliCompressSync(brackets, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
    await expectRefused('', await post('POST', '/api/v1/entries', brotli, { 'content-encoding': 'br' }), [400]);
    await expectRefused(
      '',
      await post('POST', '/api/v1/entries', deflateSync(brackets), { 'content-encoding': 'deflate' }),
      [400]
    );
  });
  expect(site.rss()).toBeLessThan(900);
});

describe('huge bodies of strangers', () => {
  const CHUNK = `${'20000'}\r\n${' '.repeat(0x20000)}\r\n`;

  it.each([
    ['with a length', `Content-Length: ${500 * MIB}\r\n`],
    ['chunked', 'Transfer-Encoding: chunked\r\n'],
    ['chunked and said to be gzip', 'Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n']
  ])('%s: thirty at a time take no memory', async (_what, header) => {
    const before = site.rss();
    await unharmed(site, async () => {
      const wires = await Promise.all(
        Array.from({ length: 30 }, async () => {
          const one = await wire(site.port);
          await one.write(`POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}\r\n`);
          for (let n = 0; n < 100; n++) await one.write(CHUNK);
          return one;
        })
      );
      await site.answers();
      // 375 MB were sent
      expect(site.rss() - before).toBeLessThan(250);
      for (const { socket } of wires) socket.destroy();
    });
  });

  it('are refused, once they are here: 413 without a look at who sends them', async () => {
    const answer = await fetch(`${site.url}/api/v1/entries`, { method: 'POST', headers: JSON_TYPE, body: ' '.repeat(2 * MIB) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 413 });
  });

  it('of somebody with a wrong secret: one wrong guess, not two, and 401 or 413', async () => {
    const answer = await fetch(`${site.url}/api/v1/entries`, {
      method: 'POST',
      headers: { ...JSON_TYPE, 'api-secret': 'f'.repeat(40) },
      body: `[${' '.repeat(2 * MIB)}]`
    });
    expect([401, 413]).toContain(answer.status);
  });
});

describe('large, and right', () => {
  it('10,000 keys', async () => {
    const doc = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]));
    const created_at = new Date().toISOString();
    const answer = await site.send('POST', '/api/v1/treatments', { ...doc, eventType: 'Note', created_at });
    expect(answer.status).toBe(200);
    const [stored] = (await answer.json()) as [Record<string, unknown>];
    expect(stored).toMatchObject(doc);
  });

  it('10,000 fields of a form', async () => {
    const body = Array.from({ length: 10_000 }, (_, n) => `key${n}=${n}`).join('&');
    const answer = await post('POST', '/api/v1/treatments', `${body}&eventType=Note`, {
      'content-type': 'application/x-www-form-urlencoded'
    });
    expect(answer.status).toBe(200);
    const deep = await post('POST', '/api/v1/treatments', `a${'[b]'.repeat(5000)}=1`, {
      'content-type': 'application/x-www-form-urlencoded'
    });
    expect(deep.status).toBeLessThan(500);
    await site.answers();
  });

  it('texts full of quotes, brackets and backslashes are texts', async () => {
    for (const notes of ['[{'.repeat(1000), '"'.repeat(500), '\\'.repeat(501), '\\"['.repeat(500), 'Ende\\']) {
      const created_at = new Date(Date.now() - Math.floor(Math.random() * 1e8)).toISOString();
      const answer = await site.send(
        'POST',
        '/api/v3/treatments',
        { eventType: 'Note', notes, date: Date.parse(created_at), app: 'x' },
        {
          ...JSON_TYPE,
          ...site.bearer
        }
      );
      expect(answer.status).toBe(201);
    }
  });

  it('90 days of readings, every five minutes, in one body', async () => {
    const now = Date.now();
    const entries = Array.from({ length: 90 * 288 }, (_, n) => ({
      type: 'sgv',
      sgv: 100 + (n % 50),
      date: now - n * 300_000,
      dateString: new Date(now - n * 300_000).toISOString(),
      direction: 'Flat',
      device: 'xDrip-DexcomG6'
    }));
    const answer = await site.send('POST', '/api/v1/entries', entries);
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as unknown[]).length).toBe(entries.length);
  });

  it('a slow upload over a bad network, byte by byte, arrives', async () => {
    const body = JSON.stringify([{ type: 'sgv', sgv: 123, date: Date.now() - 7000, device: 'slow' }]);
    const one = await wire(site.port);
    await one.write(
      `POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-secret: ${SECRET['api-secret']}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    );
    for (const letter of body) {
      await one.write(letter);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(statuses(await one.until())).toEqual([200]);
  });
});
