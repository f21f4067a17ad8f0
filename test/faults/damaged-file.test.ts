import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentHash } from '../../src/backup/content-hash.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { vigil } from '../backup/support.ts';
import { startServer } from '../support/start-server.ts';

const ENV = { MONGODB_URI: '' };
const COUNT = 3000;
let template = '';
let logged = '';
let backup = '';
let hash = '';
const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'vigil-damage-'));
  folders.push(made);
  return made;
};
const docs = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    op: 'insert' as const,
    collection: 'entries' as const,
    doc: {
      _id: `r${from + n}`,
      type: 'sgv',
      sgv: 100,
      date: 1e12 + from + n,
      srvModified: 1e12 + from + n,
      srvCreated: 1e12,
      note: 'n'.repeat(200)
    }
  }));

beforeAll(async () => {
  template = folder();
  const server = await startServer(ENV, { dataDir: template });
  await server.services.storage.apply(docs(0, COUNT));
  hash = (await contentHash(server.services.storage, ['entries'])).hash;
  await server.close();
  const made = await vigil(['backup', '--json'], { DATA_DIR: template });
  backup = (JSON.parse(made.out) as { file: string }).file;
  // a copy of the files as a crash leaves them, with 200 readings in the log only
  logged = folder();
  const live = folder();
  copyFileSync(join(template, 'vigil.db'), join(live, 'vigil.db'));
  const storage = createSqliteStorage({ file: join(live, 'vigil.db') });
  for (let n = 0; n < 200; n += 10) await storage.apply(docs(COUNT + n, 10));
  for (const name of ['vigil.db', 'vigil.db-wal']) copyFileSync(join(live, name), join(logged, name));
  await storage.close();
});
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

/** A data folder like the template's, with its backup. */
function site(from = template): string {
  const dataDir = folder();
  for (const name of readdirSync(from)) if (/^vigil\.db(-wal)?$/.test(name)) copyFileSync(join(from, name), join(dataDir, name));
  return dataDir;
}

async function overwrite(file: string, at: number, bytes: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  await handle.close();
}

const DAMAGE: readonly (readonly [string, (file: string) => Promise<void> | void])[] = [
  ['garbage for a head', (file) => overwrite(file, 0, 100)],
  ['a garbled first page', (file) => overwrite(file, 100, 3000)],
  ['garbage in the middle', (file) => overwrite(file, Math.floor(statSync(file).size / 2), 40_000)],
  ['the second half cut off', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
  ['nothing left of it', (file) => truncateSync(file, 0)],
  ['text in its place', (file) => writeFileSync(file, 'not a database, not at all\n'.repeat(200))],
  [
    'only its log left',
    (file) => {
      writeFileSync(`${file}-wal`, readFileSync(join(logged, 'vigil.db-wal')));
      rmSync(file);
    }
  ]
];

describe('a damaged database file stops the start with the way back, and stays as it is', () => {
  it.each(DAMAGE)('%s', { timeout: 180_000 }, async (_, damage) => {
    const dataDir = site();
    const file = join(dataDir, 'vigil.db');
    const env = { ...ENV, BACKUP_DIR: join(template, 'backups') };
    await damage(file);
    const before = existsSync(file) ? readFileSync(file) : undefined;

    const error = await startServer(env, { dataDir }).then(
      () => 'it started',
      (reason: Error) => reason.message
    );
    expect(error).toContain(file);
    expect(error).toMatch(/damaged|cannot be used/);
    expect(error).toContain(`DATA_DIR=${dataDir} vigil restore ${backup}`);
    // not by toEqual, which takes seconds for a million bytes
    expect(existsSync(file) ? before?.equals(readFileSync(file)) : before === undefined).toBe(true);

    const restored = await vigil(['restore', backup], { DATA_DIR: dataDir });
    expect(restored.code, restored.err).toBe(0);
    const server = await startServer(env, { dataDir });
    expect((await contentHash(server.services.storage, ['entries'])).hash).toBe(hash);
    await server.close();
    if (before) expect(readdirSync(dataDir).some((name) => name.startsWith('vigil.db.before-restore-'))).toBe(true);
  });

  it('names the newest backup that is whole', { timeout: 180_000 }, async () => {
    const dataDir = site();
    await overwrite(join(dataDir, 'vigil.db'), 0, 100);
    const dir = join(dataDir, 'backups');
    await vigil(['backup', `${dir}/`], { DATA_DIR: template }, () => Date.UTC(2026, 0, 1));
    await vigil(['backup', `${dir}/`], { DATA_DIR: template }, () => Date.UTC(2026, 0, 2));
    await overwrite(join(dir, 'vigil-20260102-000000.db'), 8192, 40_000);
    await expect(startServer(ENV, { dataDir })).rejects.toThrow(/newest good backup is \S+vigil-20260101-000000\.db/);
  });

  it('says so where there is none', async () => {
    const dataDir = site();
    await overwrite(join(dataDir, 'vigil.db'), 0, 100);
    await expect(startServer(ENV, { dataDir })).rejects.toThrow(/There is no backup in/);
  });
});

describe('a damaged log', () => {
  const countOf = async (dataDir: string) => {
    const server = await startServer(ENV, { dataDir });
    const count = await server.services.storage.count('entries', {});
    const answer = await fetch(`${server.url}/api/v1/adminnotifies`, { headers: server.secret });
    const { message } = (await answer.json()) as { message: { notifies: { message: string }[] } };
    await server.close();
    return { count, notes: message.notifies.map((note) => note.message).filter((text) => /log of the database/.test(text)) };
  };

  it('is played in when it is whole, without a word', async () => {
    expect(await countOf(site(logged))).toEqual({ count: COUNT + 200, notes: [] });
  });

  it('may be torn at its end: that is what a crash leaves', async () => {
    const dataDir = site(logged);
    const log = join(dataDir, 'vigil.db-wal');
    truncateSync(log, statSync(log).size - 1000);
    const { count, notes } = await countOf(dataDir);
    expect(notes).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(COUNT + 190);
  });

  it.each([
    ['in the middle', (log: string) => overwrite(log, Math.floor(statSync(log).size / 2), 9000)],
    [
      'from the middle to the end',
      (log: string) => overwrite(log, Math.floor(statSync(log).size / 2), Math.ceil(statSync(log).size / 2))
    ],
    ['in its head', (log: string) => overwrite(log, 0, 32)]
  ])('with garbage %s: what could be read is there, the rest is reported and kept', async (_, damage) => {
    const dataDir = site(logged);
    await damage(join(dataDir, 'vigil.db-wal'));
    const { count, notes } = await countOf(dataDir);
    expect(count).toBeGreaterThanOrEqual(COUNT);
    expect(count).toBeLessThan(COUNT + 200);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(join(dataDir, 'vigil.db-wal'));
    expect(readdirSync(dataDir).filter((name) => name.startsWith('vigil.db-wal.damaged-'))).toHaveLength(1);
  });
});

describe('a database file that is gone', () => {
  it('is made anew, but not silently when there are backups', async () => {
    const dataDir = folder();
    const server = await startServer({ ...ENV, BACKUP_DIR: join(template, 'backups') }, { dataDir });
    const answer = await fetch(`${server.url}/api/v1/adminnotifies`, { headers: server.secret });
    expect(await answer.text()).toContain(`vigil restore ${backup}`);
    await server.close();
  });
});
