import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAsLeft, noteLeft } from '../../src/storage/sqlite/left.ts';
import { openDatabaseFile } from '../../src/storage/sqlite/open-file.ts';

let folder = '';
let file = '';
const told: string[] = [];
const open = (checkAfterMs?: number) =>
  openDatabaseFile(file, {
    log: pino({ level: 'silent' }),
    onTrouble: (sentence) => sentence && told.push(sentence),
    advice: async () => 'Restore it.',
    hasBackups: async () => false,
    ...(checkAfterMs !== undefined && { checkAfterMs })
  });
const readings = Array.from({ length: 2000 }, (_, n) => ({
  op: 'insert' as const,
  collection: 'entries' as const,
  doc: { _id: `r${n}`, type: 'sgv', sgv: 100, date: 1e12 + n, note: 'n'.repeat(200) }
}));
/** In the middle of the file, where nothing is read at a start. */
function garble(): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 40_000);
  writeFileSync(file, bytes);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-left-'));
  file = join(folder, 'vigil.db');
  told.length = 0;
  const storage = await open();
  expect(isAsLeft(file)).toBe(false);
  await storage.apply(readings);
  await storage.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a database file that its server closed', () => {
  it('is as it was left, until it is written to', async () => {
    expect(isAsLeft(file)).toBe(true);
    const storage = await open();
    await storage.apply([{ op: 'insert', collection: 'entries', doc: { _id: 'more', date: 1 } }]);
    copyFileSync(`${file}-wal`, join(folder, 'log'));
    await storage.close();
    expect(isAsLeft(file)).toBe(true);
    // as a crash leaves it
    copyFileSync(join(folder, 'log'), `${file}-wal`);
    expect(isAsLeft(file)).toBe(false);
  });

  it('is read through at once when anything has touched it, and stops the start when it is damaged', async () => {
    garble();
    expect(isAsLeft(file)).toBe(false);
    await expect(open()).rejects.toThrow(/is damaged: .*Restore it\./);
  });

  it('is read through beside the running server when nothing has: what rots on the disk is told', async () => {
    garble();
    noteLeft(file);
    const storage = await open(0);
    await expect.poll(() => told).toEqual([expect.stringMatching(/vigil\.db is damaged \(.*\)\. Restore it\.$/)]);
    await storage.close();
  });
});
