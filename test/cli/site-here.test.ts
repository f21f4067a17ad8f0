import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { askSite, findSite, type RunningSite } from '../../src/cli/site-here.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { createServer } from '../../src/server.ts';
import { lockDatabase } from '../../src/storage/sqlite/lock.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { freePort } from '../support/process.ts';
import { SELF_SIGNED } from '../support/self-signed.ts';

// commands work beside a running server (over its API, so that its memory is current) and without one (on the database)

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'vigil-here-'));
  closing.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** The environment of a site, as server and command read it. */
async function environment(extra: Record<string, string> = {}): Promise<Record<string, string>> {
  return {
    DATA_DIR: folder(),
    HOSTNAME: '127.0.0.1',
    PORT: String(await freePort()),
    API_SECRET: 'a-secret-for-here-1',
    INSECURE_USE_HTTP: 'true',
    LOG_LEVEL: 'silent',
    ...extra
  };
}

async function start(env: Record<string, string>): Promise<void> {
  const config = readConfig(env);
  const server = await createServer(config, { log: createLogger('silent') });
  closing.push(() => server.close());
}

const find = (env: Record<string, string>) => findSite(readConfig(env), { err: () => undefined }, { patienceMs: 0 });

async function found(env: Record<string, string>): Promise<RunningSite> {
  const site = await find(env);
  if (!site.running) throw new Error('no server was found');
  return site;
}

/** What an administrator may ask and nobody else. */
const subjects = async (site: RunningSite): Promise<number> => (await askSite(site, '/api/v2/authorization/subjects')).status;

describe('a server of this configuration', () => {
  it.each<[string, Record<string, string>]>([
    ['plain http', {}],
    ['every address', { HOSTNAME: '' }],
    ['behind a proxy that ends TLS', { INSECURE_USE_HTTP: 'false' }],
    ['behind a proxy that is not trusted', { INSECURE_USE_HTTP: 'false', TRUST_PROXY: 'none' }],
    ['with a secret the server made', { API_SECRET: '' }],
    ['closed to strangers', { AUTH_DEFAULT_ROLES: 'denied' }]
  ])('%s', async (_name, extra) => {
    const env = await environment(extra);
    await start(env);
    const site = await found(env);
    expect(site.url).toBe(`http://127.0.0.1:${env.PORT}`);
    expect(await subjects(site)).toBe(200);
  });

  it('with a certificate it signed itself, for another name', async () => {
    const dir = folder();
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    writeFileSync(key, SELF_SIGNED.key);
    writeFileSync(cert, SELF_SIGNED.cert);
    const env = await environment({ SSL_KEY: key, SSL_CERT: cert, INSECURE_USE_HTTP: 'false' });
    await start(env);
    const site = await found(env);
    expect(site.url).toMatch(/^https:/);
    expect(await subjects(site)).toBe(200);
  });

  it.runIf(mongoUrl())('on MongoDB', async () => {
    const { url, drop } = await freshDatabase();
    closing.push(drop);
    const env = await environment({ MONGODB_URI: url });
    expect(await find(env)).toEqual({ running: false });
    await start(env);
    expect(await subjects(await found(env))).toBe(200);
    // what answers there has another secret: it is not this site
    expect(await find({ ...env, API_SECRET: 'another-secret-for-here' })).toEqual({ running: false });
  });

  it('one that holds the folder and is about to listen is waited for', async () => {
    const env = await environment();
    closing.push(lockDatabase(join(env.DATA_DIR!, 'vigil.db')));
    const late = createHttpServer((request, response) => {
      const isAdmin = request.headers['api-secret'] !== undefined;
      response.end(JSON.stringify({ status: 'ok', message: { isAdmin, message: 'OK', permissions: 'ROLE' } }));
    });
    closing.push(() => new Promise((resolve) => late.close(resolve).closeAllConnections()));
    const said: string[] = [];
    const err = (line: string) => {
      said.push(line);
      late.listen(Number(env.PORT), '127.0.0.1');
    };
    expect(await findSite(readConfig(env), { err })).toMatchObject({ running: true });
    expect(said).toHaveLength(1);
  });
});

describe('no server of this configuration', () => {
  it('nothing runs, and nothing is made by looking', async () => {
    const env = await environment();
    expect(await find(env)).toEqual({ running: false });
    expect(readdirSync(env.DATA_DIR!)).toEqual([]);
  });

  it('one that was closed', async () => {
    const env = await environment();
    await start(env);
    await closing.pop()!();
    expect(await find(env)).toEqual({ running: false });
  });

  it('one with another data folder on the same port, though it takes the same secret', async () => {
    const env = await environment();
    await start(env);
    expect(await find({ ...env, DATA_DIR: folder() })).toEqual({ running: false });
  });

  it('one that holds the folder but cannot be spoken to: the command is told what to do', async () => {
    const env = await environment();
    await start(env);
    const other = { ...env, PORT: String(await freePort()) };
    await expect(find(other)).rejects.toThrow(/is in use, but no server that takes this API secret answers on PORT \d+/);
    await expect(find({ ...env, API_SECRET: 'another-secret-for-here' })).rejects.toThrow(/is in use/);
  });

  it('another program on the port is not told the secret', async () => {
    const heard: IncomingMessage['headers'][] = [];
    const stranger = createHttpServer((request, response) => {
      heard.push(request.headers);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    closing.push(() => new Promise((resolve) => stranger.close(resolve)));
    const env = await environment({ PORT: String((stranger.address() as AddressInfo).port) });
    closing.push(lockDatabase(join(env.DATA_DIR!, 'vigil.db')));
    await expect(find(env)).rejects.toThrow(/is in use/);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.flatMap((headers) => headers['api-secret'] ?? [])).toEqual([]);
    expect(readFileSync(join(env.DATA_DIR!, 'vigil.db.lock'))).toHaveLength(0);
  });
});
