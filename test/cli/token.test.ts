import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { createServer } from '../../src/server.ts';
import { vigil } from '../backup/support.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { freePort } from '../support/process.ts';

// issue 7: `vigil token` beside a running server and without one; a token is shown once, and worth nothing once it is revoked

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Site {
  readonly env: Record<string, string>;
  readonly url: string;
  start(): Promise<() => Promise<void>>;
  token(...args: string[]): Promise<{ code: number; out: string; err: string }>;
}

async function site(extra: Record<string, string> = {}): Promise<Site> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-token-'));
  closing.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const port = await freePort();
  const env = {
    DATA_DIR: dataDir,
    HOSTNAME: '127.0.0.1',
    PORT: String(port),
    API_SECRET: 'a-secret-for-tokens-1',
    INSECURE_USE_HTTP: 'true',
    AUTH_DEFAULT_ROLES: 'denied',
    AUTH_FAIL_DELAY: '0',
    LOG_LEVEL: 'silent',
    ...extra
  };
  return {
    env,
    url: `http://127.0.0.1:${port}`,
    token: (...args) => vigil(['token', ...args], env),
    async start() {
      const server = await createServer(readConfig(env), { log: createLogger('silent') });
      let open = true;
      const stop = async () => {
        if (open) await server.close();
        open = false;
      };
      closing.push(stop);
      return stop;
    }
  };
}

/** A site with a database, its server running or closed again. */
async function prepared(isRunning: boolean, extra: Record<string, string> = {}): Promise<Site> {
  const made = await site(extra);
  const stop = await made.start();
  if (!isRunning) await stop();
  return made;
}

const reads = async ({ url }: Site, token: string): Promise<number> =>
  (await fetch(`${url}/api/v1/entries.json?token=${token}`)).status;

async function added(on: Site, name: string, ...args: string[]) {
  const { code, out, err } = await on.token('add', name, ...args, '--json');
  expect(code, err).toBe(0);
  return JSON.parse(out) as { _id: string; accessToken: string; uses: { app: string; paste: string }[] };
}

describe.each([
  ['beside a running server', true],
  ['without a server', false]
])('vigil token %s', (_name, isRunning) => {
  it('makes a token that lets in, lists it, and ends it', async () => {
    const here = await prepared(isRunning);
    const { accessToken } = await added(here, 'grandma', '--role', 'readable');
    const stop = isRunning ? undefined : await here.start();
    expect(await reads(here, accessToken)).toBe(200);
    await stop?.();
    expect((await here.token('list')).out).toMatch(/grandma +readable +never/);
    expect(await here.token('revoke', 'grandma')).toMatchObject({ code: 0 });
    if (!isRunning) await here.start();
    expect(await reads(here, accessToken)).toBe(401);
  });

  it('refuses a role that is not there and names those that are, and a name that has a token', async () => {
    const here = await prepared(isRunning);
    const refused = await here.token('add', 'x', '--role', 'readable', 'reader');
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toMatch(/no role reader\..*activity, admin, careportal, denied.*readable/);
    await added(here, 'x', '--role', 'readable');
    expect(await here.token('add', 'x', '--role', 'admin')).toMatchObject({ code: 1, err: expect.stringContaining('already') });
    expect(JSON.parse((await here.token('list', '--json')).out)).toHaveLength(1);
  });

  it('never lists a token unless it is asked to', async () => {
    const here = await prepared(isRunning);
    const { accessToken } = await added(here, 'x', '--role', 'readable');
    const [plain, json, open] = [
      await here.token('list'),
      await here.token('list', '--json'),
      await here.token('list', '--show-tokens')
    ];
    const secretPart = accessToken.split('-').at(-1)!;
    expect(plain.out + json.out).not.toContain(secretPart);
    expect(open.out).toContain(accessToken);
  });

  it('an end, and nobody of that name', async () => {
    const here = await prepared(isRunning);
    await added(here, 'sitter', '--role', 'readable', '--expires', '2020-01-01');
    expect((await here.token('list')).out).toContain('2020-01-01 (over)');
    expect(await here.token('add', 'x', '--role', 'readable', '--expires', 'soon')).toMatchObject({ code: 2 });
    expect(await here.token('revoke', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('Nobody here') });
  });
});

describe('what to paste', () => {
  const uses = async (env: Record<string, string>, ...roles: string[]) => {
    const here = await prepared(false, env);
    const made = await added(here, 'X', '--role', ...roles);
    return { token: made.accessToken, uses: Object.fromEntries(made.uses.map(({ app, paste }) => [app, paste])) };
  };

  it('who reads gets addresses for reading only', async () => {
    const { token, uses: shown } = await uses({ BASE_URL: 'https://site.example/' }, 'readable');
    expect(shown).toEqual({
      browser: `https://site.example/?token=${token}`,
      'nightguard, LoopFollow': `https://site.example?token=${token}`,
      'xDrip+ follower': `https://${token}@site.example/api/v1/`,
      scripts: `https://site.example/api/v1/entries.json?token=${token}`
    });
  });

  it('what AAPS and uploaders need, for those who may', async () => {
    const { token, uses: shown } = await uses({ BASE_URL: 'https://site.example' }, 'admin');
    expect(shown['AAPS (NSClientV3)']).toBe(`URL https://site.example, access token ${token}`);
    expect(shown['xDrip+ uploader']).toBe(`https://${token}@site.example/api/v1/`);
    expect((await uses({}, 'status-only')).uses).toEqual({ browser: expect.any(String) });
  });

  it('works as pasted into xDrip+: the address with the token before the @', async () => {
    const here = await prepared(true);
    const { uses: shown } = await added(here, 'phone', '--role', 'readable');
    const pasted = new URL(shown.find(({ app }) => app === 'xDrip+ follower')!.paste);
    const hashed = createHash('sha1').update(pasted.username).digest('hex');
    const answer = await fetch(`http://${pasted.host}/api/v1/entries.json`, { headers: { 'api-secret': hashed } });
    expect(answer.status).toBe(200);
  });

  it('without an address of its own a site behind a proxy is not named', async () => {
    const { uses: shown } = await uses({ INSECURE_USE_HTTP: 'false' }, 'readable');
    expect(shown.scripts).toMatch(/^https:\/\/your-site\//);
  });
});

it('a socket that came with the token hears nothing any more once it is revoked', async () => {
  const here = await prepared(true);
  const { accessToken } = await added(here, 'follower', '--role', 'readable');
  const listen = async (secret: string) => {
    const socket = io(here.url, { transports: ['websocket'], reconnection: false, forceNew: true });
    closing.push(() => socket.close());
    expect(await socket.emitWithAck('authorize', { client: 'test', secret, history: 1 })).toMatchObject({ read: true });
    const heard: unknown[] = [];
    return { socket, heard: () => heard.length, on: () => socket.on('dataUpdate', (update) => heard.push(update)) };
  };
  const secret = createHash('sha1').update(here.env.API_SECRET!).digest('hex');
  const [follower, owner] = [await listen(accessToken), await listen(secret)];
  await here.token('revoke', 'follower');
  for (const one of [follower, owner]) one.on();
  const told = new Promise((resolve) => owner.socket.once('dataUpdate', resolve));
  const note = { eventType: 'Note', notes: 'after the end', created_at: new Date().toISOString() };
  const answer = await fetch(`${here.url}/api/v1/treatments`, {
    method: 'POST',
    headers: { 'api-secret': secret, 'content-type': 'application/json' },
    body: JSON.stringify(note)
  });
  expect(answer.status).toBe(200);
  await told;
  // what was sent to the follower before would have come by now
  await follower.socket.emitWithAck('loadRetro', {});
  expect([follower.heard(), owner.heard()]).toEqual([0, 1]);
});

it.runIf(mongoUrl())('on MongoDB, without a server', async () => {
  const { url, drop } = await freshDatabase();
  closing.push(drop);
  const here = await site({ MONGODB_URI: url });
  const { accessToken } = await added(here, 'grandma', '--role', 'readable');
  await here.start();
  expect(await reads(here, accessToken)).toBe(200);
  expect((await here.token('list')).out).toContain('grandma');
});

describe('nothing to work on', () => {
  it('a folder without database, and a site without secret: nothing is made', async () => {
    const here = await site();
    expect(await here.token('list')).toMatchObject({ code: 1, err: expect.stringContaining('is DATA_DIR right?') });
    here.env.API_SECRET = '';
    expect(await here.token('list')).toMatchObject({ code: 1, err: expect.stringContaining('no API secret yet') });
  });

  it('called wrongly', async () => {
    const here = await site();
    expect(await here.token('add', 'x')).toMatchObject({ code: 2 });
    expect(await here.token('revoke')).toMatchObject({ code: 2 });
  });
});
