import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { folders, hashOf, idAt, put, siteDocs, vigil } from './kit.ts';

// what people take away with them must be complete, and readable by anybody
const place = folders();
const END = Date.UTC(2026, 4, 20, 12);
const docs = siteDocs(END, 6);
let dataDir = '';

beforeAll(async () => {
  dataDir = place.make();
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db'), freezeAfterMs: -1, quality: 1 });
  await put(storage, docs);
  // everything in compressed blocks, as after ten days
  await storage.compact();
  await storage.close();
});
afterAll(place.clear);

const run = (folder: string, ...args: string[]) => vigil(['export', folder, ...args], { DATA_DIR: dataDir });

describe('vigil export', { timeout: 180_000 }, () => {
  it('writes every document of the archive, for this user only, and says so in the manifest', async () => {
    const folder = join(place.make(), 'out');
    const done = await run(folder, '--json');
    expect(done.code, done.err).toBe(0);
    const manifest = JSON.parse(done.out);
    expect(manifest).toMatchObject({ kind: 'vigil-export', format: 'ndjson', source: 'sqlite', hash: await hashOf(dataDir) });
    for (const [name, list] of Object.entries(docs)) {
      expect(manifest.collections[name].count, name).toBe(list.length);
      const lines = readFileSync(join(folder, `${name}.ndjson`), 'utf8')
        .trimEnd()
        .split('\n');
      expect(lines, name).toEqual(list.map((doc) => JSON.stringify(doc)));
      expect(statSync(join(folder, `${name}.ndjson`)).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(folder).filter((name) => !/^[a-z]+\.(ndjson|json)$/.test(name))).toEqual([]);
  });

  it('takes a range of days of what has a date, and the small collections as a whole', async () => {
    const folder = join(place.make(), 'out');
    const { collections, from, to } = JSON.parse((await run(folder, '--json', '--from', '2026-05-17', '--to', '2026-05-18')).out);
    expect([from, to]).toEqual(['2026-05-17T00:00:00.000Z', '2026-05-19T00:00:00.000Z']);
    expect(collections.entries.count).toBe(2 * 96);
    expect(collections.treatments.count).toBe(
      docs.treatments!.filter(({ created_at }) => /^2026-05-1[78]/.test(String(created_at))).length
    );
    expect(collections.food.count).toBe(2);
    const one = join(place.make(), 'one');
    expect(Object.keys(JSON.parse((await run(one, '--json', '--collections', 'food')).out).collections)).toEqual(['food']);
  });

  it('CSV: every field of every document has a column, and nothing runs in a spreadsheet', async () => {
    const other = place.make();
    const storage = createSqliteStorage({ file: join(other, 'vigil.db') });
    await put(storage, {
      treatments: [
        {
          _id: idAt(END, 1),
          eventType: 'Note',
          created_at: '2026-05-20T12:00:00.000Z',
          notes: '=HYPERLINK("http://x","y")',
          zeta: 1
        },
        {
          _id: idAt(END, 2),
          created_at: '2026-05-20T12:05:00.000Z',
          insulin: -0.5,
          alpha: { b: [1, 'two'] },
          notes: 'a, "b"\nc',
          nothing: null,
          yes: true
        }
      ]
    });
    await storage.close();
    const folder = join(place.make(), 'out');
    await vigil(['export', folder, '--format', 'csv', '--collections', 'treatments'], { DATA_DIR: other });
    expect(readFileSync(join(folder, 'treatments.csv'), 'utf8').split('\r\n')).toEqual([
      '_id,eventType,created_at,insulin,alpha,notes,nothing,yes,zeta',
      `${idAt(END, 1)},Note,2026-05-20T12:00:00.000Z,,,"'=HYPERLINK(""http://x"",""y"")",,,1`,
      `${idAt(END, 2)},,2026-05-20T12:05:00.000Z,-0.5,"{""b"":[1,""two""]}","a, ""b""\nc",,true,`,
      ''
    ]);
    const back = await vigil(['import', folder], { DATA_DIR: place.make() });
    expect(back).toMatchObject({ code: 1, err: expect.stringMatching(/CSV is for spreadsheets/) });
  });

  it('never mixes with other files, and leaves nothing behind when it cannot be made', async () => {
    const folder = place.make();
    writeFileSync(join(folder, 'mine.txt'), 'x');
    expect(await run(folder)).toMatchObject({ code: 1, err: expect.stringMatching(/is not empty/) });
    expect(readdirSync(folder)).toEqual(['mine.txt']);
    const empty = join(place.make(), 'out');
    mkdirSync(empty);
    const failed = await vigil(['export', empty], { DATA_DIR: place.make() });
    expect(failed).toMatchObject({ code: 1, err: expect.stringMatching(/There is no database file/) });
    expect(readdirSync(empty)).toEqual([]);
  });
});
