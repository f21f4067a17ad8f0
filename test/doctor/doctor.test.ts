import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { backupName } from '../../src/backup/names.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { judgeSpeed } from '../../src/doctor/checks/disk-speed.ts';
import { judgeMemory } from '../../src/doctor/checks/memory.ts';
import { judgeClock, judgeVersion } from '../../src/doctor/checks/mongo.ts';
import { isNewEnough } from '../../src/doctor/checks/node.ts';
import { roundTrip } from '../../src/doctor/checks/round-trip.ts';
import { DOCTOR_CHECKS, lookAt } from '../../src/doctor/doctor.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { createServer, type Server } from '../../src/server.ts';
import { lockDatabase } from '../../src/storage/sqlite/lock.ts';
import { vigil } from '../backup/support.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { freePort } from '../support/process.ts';

// servers are started here: a busy machine takes its time
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

// issue 7: `vigil doctor` names each thing that is wrong with its remedy; every kind of finding is provoked here

const SECRET = 'Kq7-vT2_xW9.mB4+hR8';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'vigil-doctor-test-'));
  chmodSync(made, 0o700);
  closing.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A closed site behind a proxy with https: nothing is wrong with it. */
async function environment(extra: Record<string, string> = {}): Promise<Record<string, string>> {
  const env = {
    DATA_DIR: folder(),
    HOSTNAME: '127.0.0.1',
    PORT: String(await freePort()),
    API_SECRET: SECRET,
    AUTH_DEFAULT_ROLES: 'denied',
    DISK_WARN_MB: '0',
    LOG_LEVEL: 'silent'
  };
  return { ...env, ...extra };
}

async function start(env: Record<string, string>): Promise<Server> {
  const server = await createServer(readConfig(env), { log: createLogger('silent') });
  closing.push(() => server.close());
  return server;
}

async function stub(answer: RequestListener): Promise<string> {
  const server = createHttpServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Examined {
  readonly code: number;
  readonly text: string;
  readonly findings: readonly Finding[];
}

async function examined(env: Record<string, string>, args: readonly string[] = []): Promise<Examined> {
  const { code, out, err } = await vigil(['doctor', '--json', ...args], env);
  return { code, text: out + err, findings: JSON.parse(out) as Finding[] };
}

/** Everything but the upload there and back, which takes a server; `only` one check. */
async function looked(
  env: Record<string, string>,
  { only, url, now = Date.now }: { only?: string; url?: string; now?: () => number } = {}
): Promise<{ findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const patient = { env, config: readConfig(env), site: undefined, address: url, offline: url === undefined && !only, now };
  for (const check of DOCTOR_CHECKS)
    if (only ? check.id === only : check.id !== 'round-trip') findings.push(...(await lookAt(check, patient)));
  return { findings };
}

/** What is not well. */
const ill = ({ findings }: { findings: readonly Finding[] }): string[] =>
  findings.filter(({ level }) => level !== 'ok').map(({ level, check, sentence }) => `${level} ${check}: ${sentence}`);

describe('an installation that is well', () => {
  it.each([['on SQLite', false] as const, ...(mongoUrl() ? [['on MongoDB', true] as const] : [])])(
    '%s, beside its server: an upload goes through and leaves no trace',
    async (_name, onMongo) => {
      const database = onMongo ? await freshDatabase() : undefined;
      if (database) closing.push(database.drop);
      const env = await environment(database ? { MONGODB_URI: database.url, BACKUP_EVERY: '24h' } : {});
      const server = await start(env);
      const announced: string[] = [];
      server.services.bus.subscribe('committed', 'test', (events) =>
        events.forEach(({ op, collection }) => void announced.push(`${op} ${collection}`))
      );
      const alarmed: unknown[] = [];
      server.services.bus.subscribe('admin-notify', 'test', (note) => void alarmed.push(note));
      const result = await examined(env);
      // on MongoDB the first backup is not made yet, and indexes are being made; the disk is slow where all tests use it
      const passing = /Indexes are missing|There is no backup|A small write is safe/;
      expect(ill(result).filter((line) => !passing.test(line))).toEqual([]);
      expect(result.code).toBe(0);
      expect(result.text).not.toContain(SECRET);
      expect(result.text).toMatch(/The running server takes an upload, tells both sockets/);
      expect(announced).toEqual(['create treatments', 'delete treatments']);
      expect(alarmed).toEqual([]);
      expect(server.services.access.admin.subjects.list()).toEqual([]);
      expect(await server.services.storage.count('treatments', {})).toBe(0);
      expect(server.services.live.data().treatments).toEqual([]);
    }
  );

  it('without a server: one is started elsewhere, and the data folder stays as it is', async () => {
    const env = await environment();
    const result = await examined(env);
    expect(ill(result)).toEqual([]);
    expect(result.text).toMatch(/A server started for this takes an upload/);
    expect(readdirSync(env.DATA_DIR!)).toEqual([]);
  });

  it('for people', async () => {
    const { code, out } = await vigil(['doctor', '--offline'], await environment());
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}ok {6} node +Node\.js /m);
    expect(out).toMatch(/^0 wrong, 0 to think about, \d+ well\.$/m);
  });
});

describe('settings, files, disk', () => {
  it('settings with which no server starts: nothing else is looked at', async () => {
    const result = await examined(await environment({ PORT: 'many', API_MAX_COUNT: 'all' }));
    expect(result.findings.map(({ level, check }) => `${level} ${check}`)).toEqual(['wrong settings', 'wrong settings']);
    expect(result).toMatchObject({ code: 1, text: expect.stringContaining('must be') });
  });

  it.each<[string, Record<string, string>]>([
    ['warning settings: BG_HIHG is not known; did you mean BG_HIGH?', { BG_HIHG: '200' }],
    ['wrong risks: The API secret is easy to guess', { API_SECRET: 'aaaaaaaaaaaaa' }],
    ['warning risks: Everybody who knows', { AUTH_DEFAULT_ROLES: 'readable' }],
    ['warning data-folder: .* less than DISK_WARN_MB', { DISK_WARN_MB: '99999999' }],
    ['warning backups: The server makes no backups by itself', { BACKUP_EVERY: 'off' }],
    ['warning clock: TZ="Middle/Earth" is no time zone', { TZ: 'Middle/Earth' }]
  ])('%s', async (expected, extra) => {
    const result = await looked(await environment(extra));
    expect(ill(result).join('\n')).toMatch(new RegExp(expected));
    for (const { level, fix } of result.findings) expect(Boolean(fix)).toBe(level !== 'ok');
  });

  it('wrong is exit code 1, a warning is not', async () => {
    const cases: Record<string, string>[] = [{ API_SECRET: 'aaaaaaaaaaaaa' }, { BG_HIHG: '200' }];
    const codes = cases.map(async (extra) => (await examined(await environment(extra), ['--offline'])).code);
    expect(await Promise.all(codes)).toEqual([1, 0]);
  });

  it.each<[string, (dataDir: string) => void]>([
    ['wrong database-file: .*vigil.db is damaged', (dir) => writeFileSync(join(dir, 'vigil.db'), 'x'.repeat(5000))],
    ['wrong database-file: .*vigil.db is empty', (dir) => writeFileSync(join(dir, 'vigil.db'), '')],
    [
      'wrong data-folder: Other users of this machine can read',
      (dir) => writeFileSync(join(dir, 'api-secret'), SECRET, { mode: 0o644 })
    ],
    [
      'warning database-file: There is no .*, but there are backups',
      (dir) => {
        mkdirSync(join(dir, 'backups'));
        writeFileSync(join(dir, 'backups', backupName(Date.now())), '');
      }
    ],
    [
      'warning backups: The newest backup in .* is 72 hours old',
      (dir) => {
        mkdirSync(join(dir, 'backups'));
        writeFileSync(join(dir, 'backups', backupName(Date.now() - 3 * 86_400_000)), '');
      }
    ]
  ])('%s', async (expected, prepare) => {
    const env = await environment();
    prepare(env.DATA_DIR!);
    expect(ill(await looked(env)).join('\n')).toMatch(new RegExp(expected));
  });

  it('a folder something else uses', async () => {
    const env = await environment();
    closing.push(lockDatabase(join(env.DATA_DIR!, 'vigil.db')));
    expect(ill(await examined(env, ['--offline'])).join()).toMatch(/wrong server: DATA_DIR .* is in use/);
  });

  it.skipIf(process.getuid?.() === 0)('a folder that cannot be written', async () => {
    const env = await environment();
    chmodSync(env.DATA_DIR!, 0o500);
    expect(ill(await looked(env)).join('\n')).toMatch(/wrong data-folder: .* cannot be written/);
  });

  it('a clock that was never set', async () => {
    const result = await looked(await environment(), { now: () => 86_400_000 });
    expect(ill(result)).toContain('wrong clock: This machine believes the year is 1970.');
  });

  it('figures of the machine are judged', () => {
    const MB = 1024 * 1024;
    expect(judgeSpeed(3).level).toBe('ok');
    expect(judgeSpeed(80)).toMatchObject({ level: 'warning', fix: expect.stringContaining('faster disk') });
    expect(judgeMemory(undefined, 8000 * MB)).toMatchObject({ level: 'ok', sentence: expect.stringContaining('The machine') });
    expect(judgeMemory(256 * MB, 8000 * MB)).toMatchObject({
      level: 'warning',
      sentence: expect.stringContaining('The container')
    });
    expect(judgeMemory(100 * MB, 8000 * MB).level).toBe('wrong');
    // what a cgroup without limit says
    expect(judgeMemory(2 ** 63, 8000 * MB).sentence).toContain('The machine');
    expect(['18.20.0', '20.18.9', '20.19.0', '22.0.0'].map(isNewEnough)).toEqual([false, false, true, true]);
    expect(['4.2.9', '4.4.0', '7.0.1'].map((version) => judgeVersion(version).level)).toEqual(['wrong', 'ok', 'ok']);
    expect([judgeClock(30_000).length, judgeClock(90_000)[0]?.level]).toEqual([0, 'warning']);
  });
});

describe('MongoDB', () => {
  it('that is away: says so, and never its password', async () => {
    const uri = `mongodb://someone:a-password-nobody-sees@127.0.0.1:${await freePort()}/x?serverSelectionTimeoutMS=200`;
    const result = await looked(await environment({ MONGODB_URI: uri }), { only: 'mongodb' });
    expect(ill(result).join('\n')).toMatch(/wrong mongodb: MongoDB does not answer/);
    expect(JSON.stringify(result)).not.toContain('a-password-nobody-sees');
  });

  it.runIf(mongoUrl())('that searches without indexes', async () => {
    const { url, client, drop } = await freshDatabase();
    closing.push(drop);
    await client.db().collection('entries').insertOne({ type: 'sgv' });
    expect(ill(await looked(await environment({ MONGODB_URI: url }), { only: 'mongodb' })).join('\n')).toMatch(
      /warning mongodb: Indexes are missing: entries \(date, _id\)/
    );
  });

  it('is not asked offline', async () => {
    const env = await environment({ MONGODB_URI: 'mongodb://127.0.0.1:1/x' });
    expect(ill(await looked(env))).toEqual(['warning backups: The server makes no backups by itself.']);
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['warning journal: While MongoDB is away, uploads are refused', { JOURNAL_DIR: 'off' }, undefined],
    ['warning journal: 3 bytes of uploads wait', {}, 'queue.ndjson'],
    ['warning journal: MongoDB has refused uploads', {}, 'rejected.ndjson']
  ])('%s', async (expected, extra, file) => {
    const env = await environment({ MONGODB_URI: 'mongodb://127.0.0.1:1/x', ...extra });
    if (file) {
      mkdirSync(join(env.DATA_DIR!, 'journal', 'x'), { recursive: true });
      writeFileSync(join(env.DATA_DIR!, 'journal', 'x', file), '{}\n');
    }
    expect(ill(await looked(env)).join('\n')).toContain(expected);
  });
});

describe('the address of the site', () => {
  const at = async (url: string) => ill(await looked(await environment(), { only: 'address', url }));

  it.each<[string, RequestListener]>([
    [
      'wrong address: .* sends apps in a circle',
      (req, res) => void res.writeHead(307, { location: `http://${req.headers.host}${req.url}` }).end()
    ],
    [
      'warning address: .* sends apps on to https://other.example',
      (_req, res) => void res.writeHead(301, { location: 'https://other.example/' }).end()
    ],
    ['wrong address: .* answers 502', (_req, res) => void res.writeHead(502).end()],
    [
      'wrong address: The clock of the site is 36\\d\\d seconds off',
      (_req, res) => void res.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end('{}')
    ],
    ['warning address: Websockets do not get through', (_req, res) => void res.end('{}')]
  ])('%s', async (expected, answer) => {
    expect((await at(await stub(answer))).join('\n')).toMatch(new RegExp(expected));
  });

  it('where nobody answers, and one without https in the open', async () => {
    expect((await at(`http://127.0.0.1:${await freePort()}`)).join()).toMatch(/does not answer \(ECONNREFUSED\)/);
    expect(await vigil(['doctor', '--url', 'site.example'], {})).toMatchObject({ code: 2 });
  });

  it('of a server that is reached as it should be', async () => {
    const env = await environment({ INSECURE_USE_HTTP: 'true' });
    const { url } = await start(env);
    const { findings } = await examined({ ...env, BASE_URL: `${url}/` });
    expect(findings.filter(({ check }) => check === 'address')).toMatchObject([{ level: 'ok' }, { level: 'ok' }]);
  });
});

it('a server that does not pass uploads on', async () => {
  const url = await stub((_req, res) => void res.writeHead(500, { 'content-type': 'application/json' }).end('{}'));
  const env = await environment();
  const patient = { env, config: readConfig(env), address: undefined, offline: true, now: Date.now };
  const [finding] = await roundTrip.run({ ...patient, site: { running: true, url, headers: {} } });
  expect(finding).toMatchObject({
    level: 'wrong',
    sentence: expect.stringMatching(/^The running server does not pass on an upload \(POST .*subjects answered 500/)
  });
});
