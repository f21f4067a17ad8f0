import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { vigil } from './support.ts';

let dataDir = '';
const MARK = 'a sentence that stands in one row';

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigil-command-'));
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db') });
  await storage.apply([
    ...Array.from({ length: 500 }, (_, n) => ({
      op: 'insert' as const,
      collection: 'entries' as const,
      doc: { _id: `e${n}`, type: 'sgv', sgv: 100, date: 1e12 + n }
    })),
    { op: 'insert', collection: 'treatments', doc: { _id: 't', eventType: 'Note', notes: MARK } }
  ]);
  await storage.close();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const run = (...args: string[]) => vigil(args, { DATA_DIR: dataDir });

describe('vigil backup', { timeout: 180_000 }, () => {
  it('writes the file it is told, for this user only, and never over another one', async () => {
    const file = join(dataDir, 'mine.db');
    const made = await run('backup', file, '--json');
    expect(made.code, made.err).toBe(0);
    expect(JSON.parse(made.out)).toMatchObject({
      file,
      verified: true,
      info: { source: 'sqlite', content: { collections: { entries: { count: 500 }, treatments: { count: 1 } } } }
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await run('backup', file);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is there already; a backup never replaces a file') });
  });

  it('leaves nothing behind when there is nothing to back up', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'vigil-command-'));
    const failed = await vigil(['backup'], { DATA_DIR: empty });
    expect(failed).toMatchObject({ code: 1, err: expect.stringMatching(/There is no database file .*: is DATA_DIR right\?/) });
    expect(readdirSync(join(empty, 'backups'))).toEqual([]);
    rmSync(empty, { recursive: true });
  });
});

describe('vigil restore refuses, and changes nothing', { timeout: 180_000 }, () => {
  const refused = async (file: string, why: RegExp) => {
    const before = statSync(join(dataDir, 'vigil.db'));
    const answer = await run('restore', file);
    expect(answer.code).toBe(1);
    expect(answer.err).toMatch(why);
    expect(statSync(join(dataDir, 'vigil.db'))).toMatchObject({ ino: before.ino, size: before.size, mtimeMs: before.mtimeMs });
    expect(readdirSync(dataDir).filter((name) => /restor/.test(name))).toEqual([]);
  };

  it('a file that is not there', () => refused(join(dataDir, 'nothing.db'), /There is no file/));

  it('something else', async () => {
    const file = join(dataDir, 'text.db');
    writeFileSync(file, 'hello\n'.repeat(1000));
    await refused(file, /is no backup of Vigil/);
  });

  it('a backup with a damaged page', async () => {
    const file = join(dataDir, 'damaged.db');
    await run('backup', file);
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(20_000, 0x5a), 0, 20_000, 8192);
    await handle.close();
    await refused(file, /cannot be restored/);
  });

  it('a backup of which one letter has changed: its structure is whole, its contents are not', async () => {
    const file = join(dataDir, 'changed.db');
    await run('backup', file);
    const handle = await open(file, 'r+');
    const bytes = await handle.readFile();
    const at = bytes.indexOf(MARK);
    expect(at).toBeGreaterThan(0);
    await handle.write('A', at);
    await handle.close();
    await refused(file, /it is not what was written on .*treatments: 1 documents then, 1 now/);
  });
});
