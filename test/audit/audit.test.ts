import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createDirectory } from '../../src/access/subjects.ts';
import { type Audit, audit } from '../../src/audit/audit.ts';
import { isPrivateHost } from '../../src/audit/host.ts';
import type { AuditedSite } from '../../src/audit/site.ts';
import { rowsOf } from '../../src/backup/rows.ts';
import { runCli } from '../../src/cli/cli.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { openDriver } from '../../src/storage/sqlite/driver.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { startServer } from '../support/start-server.ts';

// issue 5 item 6: `vigil audit` says what a stranger can see and do, and which setting changes it

const NOW = Date.UTC(2026, 10, 23);
const STRONG = 'Kq7-vT2_xW9.mB4+hR8';
const SAFE = { API_SECRET: STRONG, AUTH_DEFAULT_ROLES: 'denied' };

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'vigil-audit-'));
  chmodSync(made, 0o700);
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

async function run(env: Record<string, string>, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(['audit', ...args], {
    env: { DATA_DIR: folder(), ...env },
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    now: () => NOW
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function audited(env: Record<string, string>): Promise<Audit & { code: number; text: string }> {
  const { code, out } = await run(env, '--json');
  return { ...(JSON.parse(out) as Audit), code, text: out };
}

const ids = ({ findings }: Audit): string[] => findings.map(({ severity, id }) => `${severity} ${id}`);

/** A site whose database is not looked at. */
function siteOf(env: Record<string, string>): AuditedSite {
  const config = readConfig({ ...SAFE, ...env });
  const rules = { secretSha1: '', defaultRoles: config.authDefaultRoles, now: () => NOW };
  const directory = createDirectory([], [], rules);
  return { config, apiSecret: STRONG, directory, roleDocs: [], folderMode: undefined, treatmentsAuthOff: false, now: NOW };
}

/** A site with these subjects (and roles), closed again. */
async function siteWith(subjects: readonly object[], roles: readonly object[] = []): Promise<string> {
  const dataDir = folder();
  const server = await startServer({ API_SECRET: STRONG }, { dataDir, now: () => NOW - 1000 });
  for (const role of roles) await server.services.access.admin.roles.create(role);
  for (const subject of subjects) await server.services.access.admin.subjects.create(subject);
  await server.close();
  return dataDir;
}

describe('risks', () => {
  it('a closed site on https with a good secret has none', async () => {
    expect(await audited(SAFE)).toMatchObject({ code: 0, findings: [] });
  });

  it.each<[expected: string, setting: string, env: Record<string, string>]>(
    [
      ['high weak-secret', 'API_SECRET', { API_SECRET: 'aaaaaaaaaaaaa' }],
      ['high v3-open', 'API3_SECURITY_ENABLE', { API3_SECURITY_ENABLE: 'off' }],
      ['high stranger-administers', 'AUTH_DEFAULT_ROLES', { AUTH_DEFAULT_ROLES: 'admin' }],
      ['high stranger-commands', 'AUTH_DEFAULT_ROLES', { AUTH_DEFAULT_ROLES: 'admin' }],
      ['high stranger-writes', 'AUTH_DEFAULT_ROLES', { AUTH_DEFAULT_ROLES: 'readable careportal' }],
      ['high stranger-writes', 'AUTH_DEFAULT_ROLES', { AUTH_DEFAULT_ROLES: 'devicestatus-upload' }],
      ['high stranger-writes', 'TREATMENTS_AUTH', { TREATMENTS_AUTH: 'off' }],
      ['medium stranger-reads', 'AUTH_DEFAULT_ROLES', { AUTH_DEFAULT_ROLES: 'readable' }],
      ['high guessing-unbounded', 'AUTH_FAIL_DELAY', { AUTH_FAIL_DELAY: '0', RATE_LIMIT_WRONG_CREDENTIALS: '0' }],
      ['low guessing-eased', 'AUTH_FAIL_DELAY', { AUTH_FAIL_DELAY: '0' }],
      ['low guessing-eased', 'RATE_LIMIT_WRONG_CREDENTIALS', { RATE_LIMIT_WRONG_CREDENTIALS: '0' }],
      ['low unknown-role', 'AUTH_DEFAULT_ROLES', { AUTH_DEFAULT_ROLES: 'denied readble' }],
      ['low no-hsts', 'SECURE_HSTS_HEADER', { SECURE_HSTS_HEADER: 'off' }],
      ['medium plain-http', 'INSECURE_USE_HTTP', { INSECURE_USE_HTTP: 'on' }],
      ['medium plain-http', 'INSECURE_USE_HTTP', { INSECURE_USE_HTTP: 'on', BASE_URL: 'http://192.168.1.5:1337' }],
      ['high plain-http', 'INSECURE_USE_HTTP', { INSECURE_USE_HTTP: 'on', BASE_URL: 'http://site.example' }],
      ['high proxy-anybody', 'TRUST_PROXY', { TRUST_PROXY: '0.0.0.0/0' }],
      ['low proxy-by-count', 'TRUST_PROXY', { TRUST_PROXY: '1' }],
      ['low cors-any', 'CORS_ALLOW_ORIGIN', { ENABLE: 'cors' }],
      ['medium cors-any', 'CORS_ALLOW_ORIGIN', { ENABLE: 'cors', AUTH_DEFAULT_ROLES: 'readable' }],
      ['low frames-any', 'FRAME_ANCESTORS', { FRAME_ANCESTORS: '*' }],
      ['low metrics-open', 'METRICS', { METRICS: 'on' }],
      ['medium plain-http-out', 'NTFY_URL', { NTFY_URL: 'http://ntfy.example/qwertzuiopasdfghjkl' }],
      ['medium plain-http-out', 'WEBHOOK_URL', { WEBHOOK_URL: 'http://hook.example/x', WEBHOOK_SECRET: 'abc' }],
      ['medium ntfy-topic', 'NTFY_URL', { NTFY_URL: 'https://ntfy.sh/short' }],
      ['low webhook-unsigned', 'WEBHOOK_SECRET', { WEBHOOK_URL: 'https://hook.example/x' }]
    ].filter(([, , env]) => !('GOTIFY_URL' in (env as object))) as [string, string, Record<string, string>][]
  )('%s names %s', async (expected, setting, env) => {
    const result = await audited({ ...SAFE, ...env });
    expect(ids(result)).toContain(expected);
    const found = result.findings.find(({ severity, id }) => `${severity} ${id}` === expected)!;
    expect(found.fix).toContain(setting);
    expect(result.code).toBe(ids(result).some((one) => one.startsWith('high')) ? 1 : 0);
  });

  it.each<[string, Record<string, string>]>([
    ['a page that is named', { ENABLE: 'cors', CORS_ALLOW_ORIGIN: 'https://a.example' }],
    ['proxies that are named', { TRUST_PROXY: '10.0.0.1' }],
    ['our own https', { INSECURE_USE_HTTP: 'on', SSL_KEY: 'k', SSL_CERT: 'c' }],
    ['a topic nobody guesses', { NTFY_URL: 'https://ntfy.sh/q8w7e6r5t4z3u2i1o0p9' }],
    ['a topic in the home', { NTFY_URL: 'http://192.168.0.3/q8w7e6r5t4z3u2i1o0p9' }],
    ['a role that may only see the status', { AUTH_DEFAULT_ROLES: 'status-only' }]
  ])('%s: none', async (_name, env) => expect(ids(await audited({ ...SAFE, ...env }))).toEqual([]));

  it('tokens without end, expired ones, roles that are not there or may everything', async () => {
    const dataDir = await siteWith(
      [
        { name: 'phone', roles: ['admin'] },
        { name: 'grandma', roles: ['readable'] },
        { name: 'guest', roles: ['readable'], expires: '2030-01-01' },
        { name: 'former', roles: ['admin'], expires: '2020-01-01' },
        { name: 'odd', roles: ['readble', 'family'], expires: '2030-01-01' }
      ],
      [{ name: 'family', permissions: ['*'] }]
    );
    const result = await audited({ ...SAFE, DATA_DIR: dataDir });
    const said = Object.fromEntries(result.findings.map(({ id, risk }) => [id, risk]));
    expect(Object.keys(said).sort()).toEqual([
      'admin-token-without-end',
      'role-like-admin',
      'token-expired',
      'token-without-end',
      'unknown-role'
    ]);
    expect(said['admin-token-without-end']).toMatch(/: phone\.$/);
    expect(said['token-without-end']).toMatch(/: grandma\.$/);
    expect(said['token-expired']).toMatch(/: former\.$/);
    expect(said['unknown-role']).toMatch(/: readble\.$/);
    expect(said['role-like-admin']).toMatch(/: family\.$/);
    expect(result.code).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('a data folder that others may read', async () => {
    const dataDir = folder();
    chmodSync(dataDir, 0o755);
    expect(ids(await audited({ ...SAFE, DATA_DIR: dataDir }))).toEqual(['low folder-readable']);
  });

  it.each<[string, Record<string, string>]>([
    ['medium secret-reused', { MONGODB_URI: `mongodb://u:${encodeURIComponent(STRONG)}@127.0.0.1/db` }],
    ['high database-open', { MONGODB_URI: 'mongodb://db.example:27017/x' }],
    ['high database-open', { MONGODB_URI: 'mongodb://a.example:27017,b.example:27017/x' }],
    ['high redis-open', { REDIS_URL: 'redis://cache.example:6379', MONGODB_URI: 'mongodb://u:p@db.example/x' }]
  ])('%s with other services', (expected, env) => expect(ids(audit(siteOf(env)))).toContain(expected));

  it.each<[string, Record<string, string>]>([
    ['a database on this machine', { MONGODB_URI: 'mongodb://127.0.0.1:27017/x' }],
    ['one next door in a container network', { MONGODB_URI: 'mongodb://mongo/x', REDIS_URL: 'redis://redis:6379' }],
    ['several with a password', { MONGODB_URI: 'mongodb://u:p@a.example,b.example:27017/x?replicaSet=r' }],
    ['Atlas', { MONGODB_URI: 'mongodb+srv://u:p@cluster.example/x' }]
  ])('%s: none', (_name, env) => expect(ids(audit(siteOf(env)))).toEqual([]));

  it('knows networks that cannot be reached from outside', () => {
    for (const host of [
      'localhost',
      '127.0.0.1',
      '10.1.2.3',
      '192.168.0.1',
      '172.16.0.1',
      '100.64.0.1',
      '[::1]',
      '[fd00::1]',
      'pi.local',
      'nas'
    ])
      expect([host, isPrivateHost(host)]).toEqual([host, true]);
    for (const host of ['site.example', '8.8.8.8', '172.32.0.1', '100.128.0.1', '[2001:db8::1]', '11.0.0.1'])
      expect([host, isPrivateHost(host)]).toEqual([host, false]);
  });
});

describe('who may what', () => {
  it('is worked out as the server does, for everybody', async () => {
    const dataDir = await siteWith([
      { name: 'reader', roles: ['readable'] },
      { name: 'uploader', roles: ['devicestatus-upload'] },
      { name: 'former', roles: ['admin'], expires: '2020-01-01' }
    ]);
    const { abilities } = await audited({ ...SAFE, DATA_DIR: dataDir, AUTH_DEFAULT_ROLES: 'status-only' });
    const of = (name: string) => abilities.find(({ caller }) => caller.startsWith(name))!;
    expect(abilities.map(({ caller }) => caller)).toEqual([
      'a stranger, without credentials',
      'status-only',
      'former',
      'reader',
      'uploader',
      'whoever has the API secret'
    ]);
    expect(of('a stranger')).toMatchObject({ reads: ['status'], changes: {}, sockets: [] });
    expect(of('a stranger').routes).toContain('GET /api/v1/status');
    expect(of('a stranger').routes).not.toContain('GET /api/v1/entries');
    expect(of('a stranger').routes.some((route) => route.includes('/api/v3/entries'))).toBe(false);
    expect(of('reader').reads).toEqual(expect.arrayContaining(['entries', 'treatments', 'profile']));
    expect(of('reader').routes).toContain('GET /api/v3/entries');
    expect(of('reader').sockets).toEqual(['live data', 'alarms', 'changes of collections']);
    expect(of('uploader')).toMatchObject({ reads: ['status'], changes: { create: ['devicestatus'] } });
    expect(of('former')).toMatchObject({ note: 'expired', reads: [], changes: {}, sockets: [] });
    // v3 takes tokens only
    expect(of('whoever').routes).toContain('DELETE /api/v1/entries/{spec}');
    expect(of('whoever').routes.some((route) => route.includes('/api/v3/entries'))).toBe(false);
  });

  it('with API v3 open, a stranger may all of it', async () => {
    const { abilities } = await audited({ ...SAFE, API3_SECURITY_ENABLE: 'off' });
    expect(abilities[0]!.routes).toContain('DELETE /api/v3/treatments/{identifier}');
    expect(abilities[0]!.changes.delete).toContain('treatments');
  });
});

describe('on MongoDB', () => {
  it.skipIf(!mongoUrl())('reads the subjects of an existing site', async () => {
    const { url, client, drop } = await freshDatabase();
    try {
      await client
        .db()
        .collection('auth_subjects')
        .insertOne({ name: 'phone', roles: ['admin'] });
      expect(ids(await audited({ ...SAFE, MONGODB_URI: url }))).toEqual(['medium admin-token-without-end']);
      expect((await client.db().listCollections().toArray()).map(({ name }) => name)).toEqual(['auth_subjects']);
    } finally {
      await drop();
    }
  });

  it('that is away: says so, without its password', async () => {
    const uri = 'mongodb://u:plantedpassword@127.0.0.1:1/x?serverSelectionTimeoutMS=100';
    const { code, err } = await run({ ...SAFE, MONGODB_URI: uri });
    expect([code, err]).toEqual([1, 'The subjects cannot be read from MongoDB (MongoServerSelectionError).']);
  });
});

describe('the command', () => {
  it('tells people the same, ends with 1 for a grave risk and shows no secret', async () => {
    const { code, out, err } = await run({ ...SAFE, API_SECRET: 'aaaaaaaaaaaab', AUTH_DEFAULT_ROLES: 'readable' });
    expect([code, err]).toEqual([1, '1 risk of high severity.']);
    expect(out).toMatch(/^Who may what\n\n {2}a stranger, without credentials: \d+ of \d+ routes\n {4}reads: .*entries/);
    expect(out).toMatch(/HIGH: The API secret is easy to guess[\s\S]*MEDIUM: Everybody who knows[\s\S]*\n1 high, 1 medium$/);
    expect(out).not.toContain('aaaaaaaaaaaab');
    expect((await run(SAFE)).out).toMatch(/No risks were found\.$/);
  });

  it('makes and changes nothing', async () => {
    const fresh = join(folder(), 'not', 'there');
    await run({ DATA_DIR: fresh });
    expect(existsSync(fresh)).toBe(false);
    const used = await siteWith([{ name: 'phone', roles: ['admin'] }]);
    // the log and its index come and go with whoever reads
    const contents = () => {
      const driver = openDriver(join(used, 'vigil.db'), { readOnly: true });
      const rows = rowsOf(driver);
      driver.close();
      return { rows, files: readdirSync(used).filter((name) => !/-(shm|wal)$/.test(name)) };
    };
    const before = contents();
    await run({ ...SAFE, DATA_DIR: used });
    expect(contents()).toEqual(before);
  });

  it('looks at the kept secret where none is set', async () => {
    const { code, out } = await run({ AUTH_DEFAULT_ROLES: 'denied', DATA_DIR: keptIn('aaaaaaaaaaaaa') });
    expect([code, out.includes('easy to guess')]).toEqual([1, true]);
  });

  it.each([['nonsense'], ['ftp://a.example'], ['https://']])('refuses --url %s', async (url) => {
    expect(await run(SAFE, '--url', url)).toMatchObject({ code: 2, err: expect.stringContaining('--url') as string });
  });
});

function keptIn(secret: string): string {
  const dataDir = folder();
  writeFileSync(join(dataDir, 'api-secret'), `${secret}\n`);
  return dataDir;
}
