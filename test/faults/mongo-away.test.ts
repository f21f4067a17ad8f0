import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient, ObjectId } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { mongodBinary, mongoUrl, OwnMongod } from '../support/mongo.ts';
import { BUILD, freePort, type Running, startProcess } from '../support/process.ts';
import { type Answer, type Load, startLoad } from './outage-load.ts';

// The full drill: OUTAGE_MINUTES=10. Its figures go to the console.
const OUTAGE_MS = process.env.OUTAGE_MINUTES ? Number(process.env.OUTAGE_MINUTES) * 60_000 : 2000;
const DAY = 86_400_000;
/** Undefined where there is only a database that others use, too. */
const mongodPath = await mongodBinary();

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A mongod, a data folder, and a server that can be killed and started again on them. */
async function site(env: Record<string, string> = {}) {
  const mongod = new OwnMongod(mongodPath!, await freePort());
  cleanups.push(() => mongod.dispose());
  await mongod.start();
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-outage-'));
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const uri = `mongodb://127.0.0.1:${mongod.port}/outage`;
  const client = await new MongoClient(uri).connect();
  cleanups.push(() => client.close());
  let server: Running | undefined;
  cleanups.push(() => server?.stop('SIGKILL'));
  const queue = join(dataDir, 'journal/outage/queue.ndjson');
  return {
    mongod,
    client,
    queued: () => (existsSync(queue) ? statSync(queue).size : 0),
    async start(): Promise<string> {
      const options = { MONGODB_URI: uri, AUTH_DEFAULT_ROLES: 'denied', SOCKET_WRITE_BURST: '100000', LOG_LEVEL: 'fatal' };
      server = await startProcess(BUILD, dataDir, { ...options, ...env });
      return server.url;
    },
    kill: () => server!.stop('SIGKILL'),
    /** Resolves when the server could answer without its database. */
    async copied(): Promise<void> {
      const file = join(dataDir, 'journal/outage/shadow.db');
      await expect.poll(() => existsSync(file)).toBe(true);
      const copy = createSqliteStorage({ file });
      await expect.poll(async () => (await copy.candidates('state', [{ _id: ':copy' }])).length).toBe(1);
      await copy.close();
    }
  };
}

const json = (answer: Answer | undefined) => JSON.parse(answer!.text);

async function adminToken(load: Pick<Load, 'send'>): Promise<string> {
  await load.send('POST', '/api/v2/authorization/subjects', { name: 'uploader', roles: ['admin'] });
  return json(await load.send('GET', '/api/v2/authorization/subjects'))[0].accessToken;
}

const backfill = (load: Load) =>
  load.send('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 90, date: Date.now() - 40 * DAY }]);

describe.skipIf(!mongoUrl() || !mongodPath)('MongoDB stopped under load and started again', () => {
  it('no upload is refused, none is lost or doubled, whatever is killed meanwhile', {
    timeout: OUTAGE_MS + 400_000
  }, async () => {
    const { mongod, client, queued, start, kill, copied } = await site();
    const db = client.db();
    const longAgo = Date.now() - 30 * DAY;
    const _id = ObjectId.createFromTime(longAgo / 1000);
    await db.collection('entries').insertOne({ _id, type: 'sgv', sgv: 80, date: longAgo, device: 'long ago' });
    await db.collection('treatments').insertOne({ _id, eventType: 'Note', created_at: new Date(longAgo).toISOString() });
    const url = await start();
    const setUp = startLoad('', { workers: 0, everyMs: 0 });
    setUp.moveTo(url);
    const token = await adminToken(setUp);
    const signIn = (by: Pick<Load, 'send'>) => by.send('GET', `/api/v2/authorization/request/${token}`);
    const { token: jwt } = json(await signIn(setUp));
    await setUp.stop();
    await copied();

    const load = startLoad(jwt, { workers: 4, everyMs: process.env.OUTAGE_MINUTES ? 60 : 10 });
    cleanups.push(() => load.stop());
    load.moveTo(url);
    await expect.poll(() => load.figures.uploads, { timeout: 60_000 }).toBeGreaterThan(40);

    await mongod.kill();
    const before = { ...load.figures };
    load.figures.slowest = 0;
    await pause(OUTAGE_MS / 2);
    await expect.poll(queued).toBeGreaterThan(0);
    const hears = { timeout: 30_000, message: 'sockets hear of what comes in' };
    await expect.poll(() => load.figures.dataUpdates, hears).toBeGreaterThan(before.dataUpdates);
    const slowest = load.figures.slowest;
    const old = await backfill(load);
    expect(old).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });

    const unknown = await load.send('GET', '/api/v3/treatments/7d2e5c1a-0000-4000-8000-000000000000');
    expect(unknown, 'an app that is told "not found" drops its copy').toMatchObject({ status: 503 });
    expect(await load.send('GET', '/api/v3/lastModified')).toMatchObject({ status: 200 });
    expect(await load.send('GET', '/readyz'), 'uploads are taken').toMatchObject({ status: 200 });

    load.moveTo(undefined);
    await kill();
    load.moveTo(await start());
    expect(await signIn(load), 'a subject signs in').toMatchObject({ status: 200 });
    await expect.poll(() => load.send('GET', '/api/v2/ddata/at').then((answer) => answer?.status)).toBe(200);
    expect(json(await load.send('GET', '/api/v2/ddata/at')).sgvs.length, 'the live state is there').toBeGreaterThan(0);
    await pause(OUTAGE_MS / 2);
    const during = { ...load.figures };

    const count = () => db.collection('treatments').countDocuments();
    const waited = queued();
    await mongod.start();
    const stored = await count();
    while (queued() > 0 && (await count()) === stored) await pause(1);
    const midway = queued() > 0;
    load.moveTo(undefined);
    await kill();
    load.moveTo(await start());
    const back = performance.now();
    await expect.poll(queued, { timeout: 120_000, interval: 20 }).toBe(0);
    const drainMs = Math.round(performance.now() - back);
    const after = load.figures.uploads;
    await expect.poll(() => load.figures.uploads, { timeout: 60_000 }).toBeGreaterThan(after + 10);
    expect(await backfill(load)).toMatchObject({ status: 200 });
    await load.stop();
    await expect.poll(queued).toBe(0);

    const { figures } = load;
    const result = await load.verify(db);
    if (process.env.OUTAGE_MINUTES)
      console.info(JSON.stringify({ midway, slowest, waited, drainMs, before, during, figures, result }, null, 1));
    expect(figures.refused).toEqual([]);
    expect(figures.moved).toEqual([]);
    expect(result).toMatchObject({ lost: [], doubled: [], wrong: [] });
    expect(figures.updates * figures.deletes * figures.repeats).toBeGreaterThan(0);
    expect(slowest, 'nobody waits for a database that is away').toBeLessThan(20_000);
  });

  it('a database that falls silent holds up nobody for long', { timeout: 120_000 }, async () => {
    const { mongod, client, start, copied, queued } = await site();
    const load = startLoad('', { workers: 0, everyMs: 0 });
    cleanups.push(() => load.stop());
    load.moveTo(await start());
    const base = Date.now();
    const post = (n: number) => load.send('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 100, date: base - n * 1000 }]);
    expect(await post(0)).toMatchObject({ status: 200 });
    await copied();
    mongod.freeze();
    const took: number[] = [];
    const ids: string[] = [];
    for (let n = 1; n <= 5; n++) {
      const began = performance.now();
      const answer = await post(n);
      took.push(performance.now() - began);
      expect(answer).toMatchObject({ status: 200 });
      ids.push(json(answer)[0]._id);
    }
    mongod.thaw();
    const [first, ...others] = took as [number, ...number[]];
    expect(first, 'the first notices').toBeLessThan(20_000);
    // without that each of them would wait as long as the first
    expect(Math.min(...others), 'the others know').toBeLessThan(1500);
    expect(Math.max(...others), 'the others know').toBeLessThan(20_000);
    await expect.poll(queued).toBe(0);
    const stored = await client.db().collection('entries').find({}).sort({ date: 1 }).toArray();
    expect(stored.map(({ date }) => date)).toEqual([5, 4, 3, 2, 1, 0].map((n) => base - n * 1000));
    expect(stored.slice(0, 5).map(({ _id }) => String(_id))).toEqual(ids.reverse());
    if (process.env.OUTAGE_MINUTES) console.info('silent database, ms per upload:', took.map(Math.round));
  });

  it('without a journal folder: 503 with Retry-After, live reads go on, and it works again by itself', {
    timeout: 150_000
  }, async () => {
    const { mongod, start } = await site({ JOURNAL_DIR: 'off' });
    const load = startLoad('', { workers: 0, everyMs: 0 });
    cleanups.push(() => load.stop());
    load.moveTo(await start());
    const post = async (n: number) =>
      load.send('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 100, date: Date.now() - n * 1000 }]);
    expect(await post(1)).toMatchObject({ status: 200 });
    await mongod.kill();
    expect(await post(2)).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(json(await load.send('GET', '/api/v2/ddata/at')).sgvs).toHaveLength(1);
    await mongod.start();
    await expect.poll(() => post(2).then((answer) => answer?.status), { timeout: 60_000 }).toBe(200);
  });
});
