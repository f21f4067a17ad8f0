import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { openServerStorage } from '../../src/storage/journal/open.ts';

let folder: string;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-journal-open-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function open(env: Record<string, string>): Promise<void> {
  const config = readConfig({
    API_SECRET: 'a-secret-for-tests-1',
    DATA_DIR: folder,
    MONGODB_URI: 'mongodb://nobody:hunter2@127.0.0.1:9/site?authSource=admin',
    ...env
  });
  const log = pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line).msg) });
  await (await openServerStorage(config, { log, now: Date.now })).close();
}
const journal = (name = 'site') => join(folder, 'journal', name, 'queue.ndjson');

it('a server on MongoDB has a journal in DATA_DIR, one per database', async () => {
  await open({});
  expect(existsSync(journal())).toBe(true);
  await open({ MONGODB_URI: 'mongodb://127.0.0.1:9/other' });
  expect(existsSync(journal('other'))).toBe(true);
  expect(warnings).toEqual([]);
});

it.each([
  ['JOURNAL_DIR=off', { JOURNAL_DIR: 'off' }],
  ['several processes', { REDIS_URL: 'redis://127.0.0.1:9' }],
  ['SQLite', { MONGODB_URI: '' }]
])('no journal: %s', async (_, env) => {
  await open(env);
  expect(existsSync(join(folder, 'journal'))).toBe(false);
});

it('a folder that cannot be used is a warning, and the server starts', async () => {
  writeFileSync(join(folder, 'taken'), '');
  await open({ JOURNAL_DIR: join(folder, 'taken') });
  expect(warnings).toEqual([expect.stringMatching(/JOURNAL_DIR cannot be used/)]);
});

it('a copy that is damaged is made anew', async () => {
  mkdirSync(join(folder, 'journal/site'), { recursive: true });
  writeFileSync(join(folder, 'journal/site/shadow.db'), 'this is no database at all'.repeat(1000));
  await open({});
  expect(warnings).toEqual([expect.stringMatching(/made anew/)]);
});

it('uploads that wait for another database are told of', async () => {
  mkdirSync(join(folder, 'journal/before'), { recursive: true });
  writeFileSync(journal('before'), '[]\n');
  await open({});
  expect(warnings).toEqual([expect.stringMatching(/wait here for another database/)]);
});
