import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupName, instantOf, listBackups } from '../../src/backup/names.ts';
import { type Backups, createBackups } from '../../src/backup/schedule.ts';
import type { BackupDone, BackupOrder } from '../../src/backup/write-backup.ts';
import { createBus } from '../../src/bus/bus.ts';
import { readConfig } from '../../src/config/read-config.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
let dir = '';
let at = START;
let notes: string[] = [];
let open: Backups | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigil-schedule-'));
  at = START;
  notes = [];
});
afterEach(async () => {
  await open?.close();
  rmSync(dir, { recursive: true, force: true });
});

function backups(env: Record<string, string>, write: (order: BackupOrder) => Promise<void> | void, leads = () => true): Backups {
  const bus = createBus(() => {});
  bus.subscribe('admin-notify', 'test', ({ title }) => void notes.push(title));
  open = createBackups({
    config: readConfig({ DATA_DIR: dir, BACKUP_DIR: join(dir, 'b'), ...env }),
    log: pino({ level: 'silent' }),
    bus,
    now: () => at,
    leads,
    write: async (order) => {
      await write(order);
      mkdirSync(join(dir, 'b'), { recursive: true });
      writeFileSync(order.file, 'backup');
      const content = { collections: {}, hash: '' };
      const info = { createdAt: '', source: 'sqlite' as const, version: '', content };
      return { file: order.file, bytes: 6, durationMs: 5, info, merged: 0 } satisfies BackupDone;
    }
  });
  return open;
}
const files = () => readdirSync(join(dir, 'b')).sort();

describe('the names of backups', () => {
  it('are instants in UTC, and no other name is one', () => {
    expect(backupName(Date.UTC(2026, 1, 28, 23, 59, 59))).toBe('vigil-20260228-235959.db');
    expect(instantOf('vigil-20260228-235959.db')).toBe(Date.UTC(2026, 1, 28, 23, 59, 59));
    for (const name of ['vigil-20260230-000000.db', 'vigil.db', 'vigil-20260228-235959.db.old', 'my-vigil-20260228-235959.db'])
      expect(instantOf(name), name).toBeUndefined();
  });
});

describe('backups of the server itself', () => {
  it('come ten minutes after the first start, then once a day, also over restarts', async () => {
    let made = 0;
    const first = backups({}, () => void made++);
    await first.tick();
    expect(made).toBe(0);
    at += 10 * 60_000;
    await first.tick();
    await first.tick();
    expect(made).toBe(1);
    expect(first.status()).toMatchObject({ running: false, kept: 1, last: { at, bytes: 6 }, nextAt: at + 24 * HOUR });
    await first.close();
    at += 23 * HOUR;
    const second = backups({}, () => void made++);
    await second.tick();
    expect(made).toBe(1);
    at += HOUR;
    await second.tick();
    expect(made).toBe(2);
  });

  it('are made by one process of several: the one that leads', async () => {
    let leads = false;
    const { tick } = backups(
      {},
      () => {},
      () => leads
    );
    at += 2 * 24 * HOUR;
    await tick();
    expect(existsSync(join(dir, 'b'))).toBe(false);
    leads = true;
    await tick();
    expect(files()).toHaveLength(1);
  });

  it('are never two at once', async () => {
    let running = 0;
    let most = 0;
    const one = backups({}, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    at += HOUR;
    await Promise.all([one.tick(), one.tick(), one.tick()]);
    expect(most).toBe(1);
  });

  it('one is begun at once when somebody asks, one at a time, and not while the newest is fresh', async () => {
    let made = 0;
    const one = backups({ BACKUP_EVERY: 'off' }, () => void made++);
    await one.tick();
    expect([one.now(), one.now()]).toEqual([0, 0]);
    await expect.poll(() => one.status().running).toBe(false);
    await expect.poll(() => one.status().last?.at).toBe(at);
    expect(made).toBe(1);
    at += 60_000;
    expect(one.now()).toBe(9 * 60_000);
    at += 9 * 60_000;
    expect(one.now()).toBe(0);
    await expect.poll(() => one.status().kept).toBe(2);
    expect(made).toBe(2);
  });

  it('keep the newest, and touch no file of another name', async () => {
    const one = backups({ BACKUP_KEEP: '2', BACKUP_EVERY: '1h' }, () => {});
    mkdirSync(join(dir, 'b'), { recursive: true });
    for (const name of ['mine.db', 'vigil-20250101-000000.db.bak', 'vigil.db.before-restore-20250101-000000'])
      writeFileSync(join(dir, 'b', name), 'x');
    for (let n = 0; n < 4; n++) {
      at += HOUR;
      await one.tick();
    }
    expect(files()).toEqual([
      'mine.db',
      'vigil-20250101-000000.db.bak',
      'vigil-20260101-030000.db',
      'vigil-20260101-040000.db',
      'vigil.db.before-restore-20250101-000000'
    ]);
  });

  it('that fail remove nothing, are told and tried again in an hour; the next good one is told too', async () => {
    let fail = false;
    const one = backups({ BACKUP_KEEP: '1' }, () => {
      if (fail) throw new Error('There is not enough room');
    });
    at += HOUR;
    await one.tick();
    const before = files();
    fail = true;
    at += 24 * HOUR;
    await one.tick();
    expect(files()).toEqual(before);
    expect(notes).toEqual(['Backup failed']);
    expect(one.status()).toMatchObject({ failure: { at, reason: 'There is not enough room' }, nextAt: at + HOUR });
    fail = false;
    await one.tick();
    expect(files()).toEqual(before);
    at += HOUR;
    await one.tick();
    expect(notes).toEqual(['Backup failed', 'Backups work again']);
    expect((await listBackups(join(dir, 'b'))).map((file) => file.at)).toEqual([at]);
  });

  it.each([[{ BACKUP_EVERY: 'off' }], [{ MONGODB_URI: 'mongodb://localhost/x' }]])('are not made with %o', async (env) => {
    const one = backups(env as Record<string, string>, () => {
      throw new Error('made');
    });
    at += 100 * 24 * HOUR;
    await one.tick();
    expect(one.status()).toMatchObject({ everyMs: undefined, nextAt: undefined, failure: undefined });
  });
});
