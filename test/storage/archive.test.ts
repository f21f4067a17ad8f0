import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Doc, StoreName } from '../../src/storage/port.ts';
import type { Query } from '../../src/storage/query.ts';
import { openDriver } from '../../src/storage/sqlite/driver.ts';
import { createSqliteStorage, type SqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { idOf, readAll } from '../contract/store-bench.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T12:00:00Z');

let folder: string;
let file: string;
const opened: SqliteStorage[] = [];
const open = (options: Partial<Parameters<typeof createSqliteStorage>[0]> = {}): SqliteStorage => {
  const storage = createSqliteStorage({ file, now: () => NOW, quality: 1, ...options });
  opened.push(storage);
  return storage;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-archive-'));
  file = join(folder, 'vigil.db');
});
afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (storage: SqliteStorage, collection: StoreName, docs: readonly Doc[]): Promise<void> =>
  storage.apply(docs.map((doc) => ({ op: 'insert', collection, doc: doc as Doc & { _id: string } })));

/** A reading every five minutes, the last one now. */
const readings = (count: number, from = 0): (Doc & { _id: string })[] =>
  Array.from({ length: count }, (_, n) => {
    const date = NOW - (count - n) * 300_000;
    return {
      _id: idOf(from + n),
      type: 'sgv',
      sgv: 100 + (n % 90),
      date,
      dateString: new Date(date).toISOString(),
      srvModified: date + 10,
      srvCreated: date + 10
    };
  });

const sql = <T>(text: string, ...params: (string | number)[]): T[] => {
  const driver = openDriver(file);
  try {
    return driver.prepare(text).all(...params) as T[];
  } finally {
    driver.close();
  }
};
const hotIds = (collection: StoreName): string[] =>
  sql<{ id: string }>(`SELECT id FROM "${collection}" ORDER BY seq`).map(({ id }) => id);

describe('what goes into the archive', () => {
  const old = NOW - 30 * DAY;
  const STAYING: readonly [what: string, doc: Doc][] = [
    ['of the last ten days', { date: NOW - 9 * DAY, srvModified: old }],
    ['changed in the last ten days', { date: old, srvModified: NOW - DAY }],
    ['of the future', { date: NOW + DAY, srvModified: old }],
    ['with a future created_at', { date: old, created_at: '2027-01-01T00:00:00Z', srvModified: old }],
    ['without any time', { sgv: 100 }],
    ['whose key field holds a list (no SQL can compare it)', { date: [old], srvModified: old }],
    ['whose key field holds a boolean', { date: old, type: true, srvModified: old }]
  ];
  it.each(STAYING)('not a document %s', async (_what, doc) => {
    const storage = open();
    await put(storage, 'entries', [
      { _id: idOf(1), date: old, srvModified: old },
      { _id: idOf(2), ...doc }
    ]);
    expect(await storage.compact()).toMatchObject({ frozen: 1 });
    expect(hotIds('entries')).toEqual([idOf(2)]);
  });

  it('not the treatments that are looked for at every start, however old', async () => {
    const storage = open();
    const created_at = new Date(old).toISOString();
    const types = [
      'Sensor Start',
      'Sensor Change',
      'Sensor Stop',
      'Site Change',
      'Insulin Change',
      'Pump Battery Change',
      'Profile Switch',
      'Temp Basal'
    ];
    await put(
      storage,
      'treatments',
      types.map((eventType, n) => ({ _id: idOf(n), eventType, created_at, srvModified: old }))
    );
    await storage.compact();
    expect(hotIds('treatments')).toEqual(types.slice(0, -1).map((_, n) => idOf(n)));
  });

  it.each(['profile', 'food', 'settings', 'subjects', 'roles', 'tombstones', 'state'] as const)('nothing of %s', async (name) => {
    const storage = open();
    await put(storage, name, [{ _id: idOf(1), created_at: new Date(old).toISOString(), srvModified: old }]);
    expect(await storage.compact()).toMatchObject({ frozen: 0 });
  });
});

describe('the archive', () => {
  it('outlives a restart, byte for byte and in order', async () => {
    const docs = readings(6000);
    const storage = open();
    await put(storage, 'entries', docs);
    await storage.compact();
    expect(hotIds('entries').length).toBeLessThan(3000);
    await storage.close();
    const again = open();
    const texts: string[] = [];
    for await (const page of again.find('entries', { filter: {} })) texts.push(...page.map(({ json }) => json));
    expect(texts).toEqual(docs.map((doc) => JSON.stringify(doc)));
  });

  it('takes back its place among the others when a document changed, and forgets what was removed', async () => {
    const storage = open({ freezeAfterMs: 0 });
    await put(storage, 'entries', readings(600));
    await storage.compact();
    await storage.apply([
      { op: 'replace', collection: 'entries', doc: { ...readings(600)[5]!, notes: 'changed' } },
      { op: 'remove', collection: 'entries', _id: idOf(7) }
    ]);
    expect(hotIds('entries')).toEqual([idOf(5)]);
    await storage.compact();
    expect(hotIds('entries')).toEqual([]);
    expect(sql('SELECT * FROM cold_gone')).toEqual([]);
    const docs = await readAll(storage, 'entries');
    expect(docs.map(({ _id }) => _id)).toEqual(
      readings(600)
        .map(({ _id }) => _id)
        .filter((_id) => _id !== idOf(7))
    );
    expect(docs[5]).toMatchObject({ notes: 'changed' });
  });

  it('is empty again when all of it was removed: blocks, hashes and pages', async () => {
    const storage = open({ freezeAfterMs: 0 });
    const docs = readings(3000).map((doc, n) => ({ ...doc, identifier: `uuid-${n}` }));
    await put(storage, 'entries', docs);
    await storage.compact();
    await storage.apply(docs.map(({ _id }) => ({ op: 'remove', collection: 'entries', _id })));
    await storage.compact();
    for (const table of ['cold', 'cold_gone', 'cold_keys', 'entries'])
      expect([table, sql(`SELECT * FROM ${table}`)]).toEqual([table, []]);
    expect(sql('PRAGMA freelist_count')).toEqual([{ freelist_count: 0 }]);
  });

  it('is not opened for what is asked every few minutes', async () => {
    const storage = open();
    await put(storage, 'entries', readings(8000));
    await storage.compact();
    await storage.close();
    // whoever opened a block now would be told
    const driver = openDriver(file);
    driver.exec("UPDATE cold SET docs = x'00'");
    driver.close();
    const again = open();
    const asked: Query[] = [
      { filter: {}, sort: [['date', -1]], limit: 10 },
      { filter: { date: { $gte: NOW - 2 * DAY } }, sort: [['date', 1]] },
      { filter: { type: 'sgv' }, sort: [['date', -1]], limit: 288 },
      { filter: { dateString: { $gte: new Date(NOW - 4 * DAY).toISOString() } }, sort: [['date', -1]], limit: 1000 },
      { filter: { srvModified: { $gt: NOW - DAY } }, sort: [['srvModified', 1]], limit: 1000 },
      { filter: { srvModified: { $gt: 0 } }, sort: [['srvModified', -1]], limit: 1 },
      { filter: { srvModified: null, date: { $lte: NOW } }, sort: [['date', -1]], limit: 1 },
      { filter: { type: { $regex: '^sgv' } }, sort: [['date', -1]], limit: 10 },
      { filter: { type: 'mbg' }, sort: [['date', -1]], limit: 10 },
      { filter: { _id: idOf(7999) } }
    ];
    for (const query of asked) await expect(readAll(again, 'entries', query), JSON.stringify(query)).resolves.toBeDefined();
    await again.candidates('entries', [{ _id: idOf(9000) }, { identifier: 'new' }, { date: NOW, type: 'sgv' }]);
    await put(again, 'entries', [{ _id: idOf(9000), date: NOW, type: 'sgv' }]);
    await expect(again.count('entries', { date: { $gte: 1 } })).resolves.toBe(8001);
    await expect(readAll(again, 'entries', { filter: { date: { $lt: NOW - 20 * DAY } } })).rejects.toMatchObject({
      code: 'storage-failed'
    });
  });

  it.each([
    ['a flipped bit', "UPDATE cold SET docs = substr(docs, 1, 40) || x'ff' || substr(docs, 42) WHERE block = 1"],
    ['a missing end', 'UPDATE cold SET docs = substr(docs, 1, length(docs) - 1) WHERE block = 1'],
    ['a wrong count', 'UPDATE cold SET n = n - 1 WHERE block = 1']
  ])('says which days cannot be read after %s, and still gives the others', async (_what, damage) => {
    const storage = open();
    const docs = readings(6000).map((doc, n) => ({ ...doc, values: Array.from({ length: 20 }, (_, i) => (n + i) / 7) }));
    await put(storage, 'entries', docs);
    await storage.compact();
    await storage.close();
    const driver = openDriver(file);
    driver.exec(damage);
    driver.close();
    const again = open();
    await expect(readAll(again, 'entries')).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringMatching(/entries of 2026-\d\d-\d\d to .* cannot be read/)
    });
    await expect(again.apply([{ op: 'remove', collection: 'entries', _id: idOf(3) }])).rejects.toMatchObject({
      code: 'storage-failed'
    });
    const after = await readAll(again, 'entries', { filter: { date: { $gt: Number((docs[700] as Doc).date) } } });
    expect(after).toHaveLength(5299);
    expect((await again.compact()).frozen).toBe(0);
  });

  it('a change whose transaction fails leaves its document in the archive', async () => {
    const storage = open({ freezeAfterMs: 0 });
    await put(storage, 'entries', readings(10));
    await storage.compact();
    const tooMuch = { _id: idOf(3), notes: 1n as unknown };
    await expect(
      storage.apply([
        { op: 'remove', collection: 'entries', _id: idOf(2) },
        { op: 'insert', collection: 'entries', doc: tooMuch }
      ])
    ).rejects.toBeDefined();
    expect((await readAll(storage, 'entries')).map(({ _id }) => _id)).toEqual(readings(10).map(({ _id }) => _id));
  });

  it('another process that freezes or changes does not make this one lose anything', async () => {
    const here = open({ freezeAfterMs: 0 });
    const there = open({ freezeAfterMs: 0 });
    await put(here, 'entries', readings(50));
    await expect.poll(() => readAll(there, 'entries')).toHaveLength(50);
    await there.compact();
    await expect.poll(() => readAll(here, 'entries')).toHaveLength(50);
    await there.apply([
      { op: 'replace', collection: 'entries', doc: { _id: idOf(1), v: 2 } },
      { op: 'remove', collection: 'entries', _id: idOf(2) }
    ]);
    await expect.poll(() => here.count('entries', {})).toBe(49);
    expect(await readAll(here, 'entries', { filter: { _id: idOf(1) } })).toEqual([{ _id: idOf(1), v: 2 }]);
  });

  it('tells apart documents and indexes, and the sum shrinks', async () => {
    const storage = open();
    await put(storage, 'entries', readings(9000));
    const before = await storage.sizes();
    await storage.compact();
    await expect.poll(async () => (await storage.sizes()).indexSize).toBeGreaterThan(4096);
    const after = await storage.sizes();
    expect(after.dataSize + after.indexSize).toBeLessThan((before.dataSize + before.indexSize) * 0.6);
  });
});

describe('files of schema version 1', () => {
  it('are taken over as they are, then frozen without loss', async () => {
    const storage = open();
    const docs = readings(6000);
    await put(storage, 'entries', docs);
    await storage.close();
    // what version 1 made: the same tables, nothing of the archive, no auto_vacuum
    const driver = openDriver(file);
    driver.exec(
      'DROP TABLE cold; DROP TABLE cold_gone; DROP TABLE cold_keys; PRAGMA user_version = 1; PRAGMA auto_vacuum = NONE; VACUUM'
    );
    driver.close();
    const again = open();
    expect(sql('PRAGMA auto_vacuum')).toEqual([{ auto_vacuum: 0 }]);
    expect(await readAll(again, 'entries')).toEqual(docs);
    expect((await again.compact()).frozen).toBeGreaterThan(3000);
    expect(await readAll(again, 'entries')).toEqual(docs);
    again.vacuum();
    expect(sql('PRAGMA auto_vacuum')).toEqual([{ auto_vacuum: 2 }]);
    expect(await readAll(again, 'entries')).toEqual(docs);
    await again.close();
    expect(sql('PRAGMA user_version')).toEqual([{ user_version: 2 }]);
  });
});

describe('kill -9 while documents are being frozen', () => {
  it('loses nothing, doubles nothing, at any moment', { timeout: 120_000 }, async () => {
    const docs = readings(2500);
    const storage = open();
    await put(storage, 'entries', docs);
    await storage.close();
    const program = `
      import { createSqliteStorage } from './src/storage/sqlite/sqlite.ts';
      const storage = createSqliteStorage({ file: process.argv[1], freezeAfterMs: 0, quality: 5 });
      console.log('ready');
      for (let n = 0; ; n++) {
        await storage.compact();
        const docs = [];
        for await (const page of storage.find('entries', { filter: {}, skip: (n * 331) % 2000, limit: 600 })) docs.push(...page.map(({ doc }) => doc));
        await storage.apply(docs.map((doc) => ({ op: 'replace', collection: 'entries', doc: { ...doc, turn: n } })));
      }`;
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, file], {
        stdio: ['ignore', 'pipe', 'inherit']
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 200 + round * 230));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      // recovery must cope with the files as they lie there
      const copy = join(folder, `copy-${round}.db`);
      for (const end of ['', '-wal']) copyFileSync(file + end, copy + end);
      const check = createSqliteStorage({ file: copy });
      const found = await readAll(check, 'entries');
      expect(found.map(({ turn: _, ...doc }) => doc)).toEqual(docs);
      expect(await check.count('entries', {})).toBe(2500);
      await check.close();
    }
    const inBoth = sql('SELECT block FROM cold');
    expect(inBoth.length).toBeGreaterThan(0);
  });
});
