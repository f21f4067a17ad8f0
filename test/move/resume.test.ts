import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { openCheckpoint } from '../../src/move/checkpoint.ts';
import { Interrupted, runImport } from '../../src/move/run-import.ts';
import { openSinkHere } from '../../src/move/sinks/here.ts';
import { openSite, type SiteAccess } from '../../src/move/sources/site.ts';
import { BUILD } from '../support/process.ts';
import { API_SECRET, startServer, type TestServer } from '../support/start-server.ts';
import { type FlakySite, startFlaky, type Trouble } from './flaky-site.ts';
import { contents, DAY, folders, overV3, put, siteDocs, vigil } from './kit.ts';

// a source of years behind a slow line: it fails now and then, it goes away, the user stops it, the machine loses power
const place = folders();
const docs = siteDocs(Date.now() - 4 * DAY, 3);
const { roles: _r, subjects: _s, ...documents } = docs;
let site: TestServer;
let flaky: FlakySite;
let token = '';

beforeAll(async () => {
  // a site that gives less at once than is usual, the one over v1 without a word
  site = await startServer({
    AUTH_DEFAULT_ROLES: 'denied',
    API_MAX_COUNT: '150',
    API3_MAX_LIMIT: '100',
    RATE_LIMIT_LARGE_ANSWERS: '0'
  });
  await put(site.services.storage, documents);
  await site.services.access.admin.subjects.create({ name: 'mover', roles: ['admin'] });
  token = site.services.access.admin.subjects.list()[0]!.accessToken;
  flaky = await startFlaky(site.url);
});
afterAll(async () => {
  await flaky.close();
  await site.close();
  place.clear();
});
beforeEach(() => {
  flaky.trouble = undefined;
});

const WAYS: readonly (readonly [string, () => SiteAccess])[] = [
  ['v1', () => ({ secret: API_SECRET })],
  ['v3', () => ({ token })]
];

/** One run of an import. */
async function bring(dataDir: string, access: SiteAccess, signal?: AbortSignal) {
  const source = await openSite(flaky.url, access, { now: Date.now, range: {}, attempts: 4, firstMs: 1 });
  const sink = await openSinkHere(readConfig({ DATA_DIR: dataDir, API_SECRET }), { now: Date.now, dryRun: false });
  try {
    const checkpoint = openCheckpoint(dataDir, [source.fingerprint], { restart: false });
    const counts = await runImport({
      source,
      sink,
      checkpoint,
      names: await source.names(),
      range: {},
      onPage: () => {},
      ...(signal && { signal })
    });
    return { counts, resumed: checkpoint.before !== undefined, faults: source.faults };
  } finally {
    await sink.close();
    await source.close();
  }
}

async function expectEverything(dataDir: string, way: string): Promise<void> {
  const found = await contents(dataDir);
  for (const [name, list] of Object.entries(documents)) {
    if (way === 'v1' && name === 'settings') continue;
    expect(overV3(found[name]), name).toEqual(overV3(list));
  }
}

describe.each(WAYS)('a live import over %s', { timeout: 180_000 }, (way, access) => {
  it('is complete although the source fails now and then, each time in another way', async () => {
    const troubles: Trouble[] = [
      { status: 500, body: '{"status":500}' },
      { status: 429, headers: { 'retry-after': '0' } },
      'reset',
      { status: 503, headers: { 'retry-after': '0' }, body: 'busy' },
      'cut',
      { status: 200, body: 'null' },
      { status: 502, body: '<html>Bad Gateway</html>' }
    ];
    flaky.trouble = (n) => (n % 3 === 0 ? troubles[(n / 3) % troubles.length] : undefined);
    const dataDir = place.make();
    const { counts, faults } = await bring(dataDir, access());
    expect(faults).toEqual([]);
    expect(counts.refused).toEqual([]);
    await expectEverything(dataDir, way);
    for (const [name, list] of Object.entries(documents))
      if (way !== 'v1' || name !== 'settings')
        expect(counts.of(name as 'entries'), name).toMatchObject({ new: list.length, same: 0, changed: 0 });
  });

  it('goes on after the source was gone, without asking for what it has, and counts each document once', async () => {
    const dataDir = place.make();
    const start = flaky.asked.length;
    flaky.trouble = (n) => (n - start > 25 ? 'reset' : undefined);
    await expect(bring(dataDir, access())).rejects.toThrow(/does not give its documents|cannot be reached/);
    flaky.trouble = undefined;
    const half = flaky.asked.length;
    const { counts, resumed } = await bring(dataDir, access());
    expect(resumed).toBe(true);
    expect(flaky.asked.slice(half).some((path) => /profile/.test(path))).toBe(false);
    await expectEverything(dataDir, way);
    for (const name of ['entries', 'treatments', 'devicestatus'] as const)
      expect(counts.of(name), name).toMatchObject({ new: documents[name]!.length, same: 0, changed: 0 });
    // complete: nothing is kept
    expect(readdirSync(join(dataDir, 'import'))).toEqual([]);
  });

  it('stops between two pages when the user wants it to, and goes on', async () => {
    const dataDir = place.make();
    const stop = new AbortController();
    const start = flaky.asked.length;
    flaky.trouble = (n) => {
      if (n - start > 15) stop.abort();
      return undefined;
    };
    await expect(bring(dataDir, access(), stop.signal)).rejects.toThrow(Interrupted);
    flaky.trouble = undefined;
    expect((await bring(dataDir, access())).resumed).toBe(true);
    await expectEverything(dataDir, way);
  });
});

describe('a process that is killed', { timeout: 180_000 }, () => {
  it('leaves an import that the same command completes, with nothing doubled', async () => {
    const dataDir = place.make();
    const start = flaky.asked.length;
    flaky.trouble = (n) => (n - start > 20 ? 'hang' : undefined);
    const env = { DATA_DIR: dataDir, API_SECRET, HOSTNAME: '127.0.0.1', IMPORT_SECRET: API_SECRET };
    const child = spawn(process.execPath, [...BUILD, 'import', flaky.url], {
      env: { ...env, PATH: process.env.PATH },
      stdio: 'ignore'
    });
    await expect.poll(() => flaky.asked.length - start, { timeout: 180_000 }).toBeGreaterThan(20);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const [folder] = readdirSync(join(dataDir, 'import'));
    expect(existsSync(join(dataDir, 'import', folder!, 'progress.json'))).toBe(true);
    expect(readFileSync(join(dataDir, 'import', folder!, 'progress.json'), 'utf8')).not.toContain(API_SECRET);
    flaky.trouble = undefined;
    const done = await vigil(['import', flaky.url, '--json'], env);
    expect(done.code, done.err).toBe(0);
    expect(done.err).toMatch(/Going on where an earlier import/);
    await expectEverything(dataDir, 'v1');
  });

  it('in the middle of a file, too', async () => {
    const dataDir = place.make();
    const folder = place.make();
    for (const [name, list] of Object.entries(documents))
      writeFileSync(join(folder, `${name}.ndjson`), list.map((doc) => JSON.stringify(doc)).join('\n'));
    const config = readConfig({ DATA_DIR: dataDir, API_SECRET });
    const { openFileSource } = await import('../../src/move/sources/files.ts');
    const { collectionNames } = await import('../../src/move/sources/collection-names.ts');
    const run = async (limit: number) => {
      const source = await openFileSource(folder, collectionNames({}), undefined);
      const real = await openSinkHere(config, { now: Date.now, dryRun: false });
      let left = limit;
      const sink = {
        ...real,
        // what was stored is stored, but nobody came to note it
        put: async (...args: Parameters<typeof real.put>) => {
          const verdicts = await real.put(...args);
          if (left-- === 0) throw new Error('power cut');
          return verdicts;
        }
      };
      const checkpoint = openCheckpoint(dataDir, [source.fingerprint], { restart: false });
      try {
        return await runImport({ source, sink, checkpoint, names: await source.names(), range: {}, onPage: () => {} });
      } finally {
        await real.close();
      }
    };
    for (const limit of [1, 2, 3]) await expect(run(limit)).rejects.toThrow('power cut');
    const counts = await run(Number.POSITIVE_INFINITY);
    await expectEverything(dataDir, 'files');
    expect(counts.total).toBe(Object.values(documents).reduce((sum, list) => sum + list.length, 0));
  });
});
