import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { lostConnection, refusalOf } from '../../src/storage/mongo/failure.ts';
import { createMongoStorage } from '../../src/storage/mongo/mongo.ts';
import type { Storage } from '../../src/storage/port.ts';
import { freshDatabase, mongodBinary, mongoUrl, OwnMongod } from '../support/mongo.ts';
import { freePort } from '../support/process.ts';
import { settingsFor } from './mongo-settings.ts';
import { idOf, insert, readAll } from './store-bench.ts';

const log = pino({ level: 'silent' });
const AWAY = { code: 'storage-away', status: 503, retryAfter: expect.any(Number) };
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function open(port: number, database = 'vigil'): { storage: Storage; heard: (string | undefined)[] } {
  const heard: (string | undefined)[] = [];
  const storage = createMongoStorage(settingsFor(`mongodb://127.0.0.1:${port}/${database}`), {
    log,
    onTrouble: (sentence) => void heard.push(sentence)
  });
  cleanups.push(() => storage.close());
  return { storage, heard };
}

async function timed<T>(work: Promise<T>): Promise<{ ms: number; error: unknown }> {
  const began = performance.now();
  const error = await work.then(
    () => undefined,
    (e: unknown) => e
  );
  return { ms: performance.now() - began, error };
}

describe('MongoDB away', () => {
  it('opens at once, refuses every call within seconds, closes', async () => {
    const { storage } = open(await freePort());
    const calls = [
      storage.ping(),
      storage.version(),
      storage.sizes(),
      storage.count('entries', {}),
      storage.candidates('entries', [{ identifier: 'x' }]),
      readAll(storage, 'entries'),
      storage.apply([insert('entries', { _id: idOf(1) })])
    ].map((call: Promise<unknown>) => timed(call));
    for (const { ms, error } of await Promise.all(calls)) {
      expect(error).toMatchObject(AWAY);
      expect(ms).toBeLessThan(25_000);
    }
    // a queue that is worked off one by one must not wait once per request
    const queue = timed(
      (async () => {
        for (let n = 0; n < 20; n++) await storage.apply([insert('entries', { _id: idOf(n) })]).catch(() => {});
      })()
    );
    expect((await queue).ms).toBeLessThan(25_000);
    expect((await timed(storage.close())).ms).toBeLessThan(10_000);
    await expect(storage.ping()).rejects.toMatchObject({ code: 'storage-away' });
  });

  it('a server that accepts connections and never answers is bounded too', async () => {
    const sockets = new Set<import('node:net').Socket>();
    const silent = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { storage } = open((silent.address() as { port: number }).port);
    const { ms, error } = await timed(storage.apply([insert('entries', { _id: idOf(1) })]));
    expect(error).toMatchObject(AWAY);
    expect(ms).toBeLessThan(25_000);
  });

  it('an error of the socket that the driver passes on is no failure of ours', () => {
    const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
    expect(refusalOf(error, 'read')).toMatchObject(AWAY);
    expect(lostConnection(error)).toBe(true);
  });

  it.each(['not a uri', 'http://example.org', 'mongodb://user:hunter2@@host/db', 'mongodb://'])(
    'a URI that cannot be read (%s) is told, without quoting it',
    (uri) => {
      expect(() => createMongoStorage(settingsFor(uri), { log })).toThrow(/MongoDB URI cannot be read/);
      expect(() => createMongoStorage(settingsFor(uri), { log })).not.toThrow(/hunter2/);
    }
  );
});

describe.skipIf(!mongoUrl())('MongoDB restarted', () => {
  async function ownMongod(): Promise<OwnMongod | undefined> {
    const binary = await mongodBinary();
    if (!binary) return undefined;
    const mongod = new OwnMongod(binary, await freePort());
    cleanups.push(() => mongod.dispose());
    return mongod;
  }

  it('away at start: found as soon as it is there, indexes and all', async (context) => {
    const mongod = await ownMongod();
    if (!mongod) return context.skip('no mongod of our own to start');
    const { storage, heard } = open(mongod.port);
    await expect.poll(() => heard.length).toBe(1);
    await mongod.start();
    await expect
      .poll(
        () =>
          storage.ping().then(
            () => 'there',
            () => 'away'
          ),
        { timeout: 30_000 }
      )
      .toBe('there');
    await storage.apply([insert('entries', { _id: idOf(1), n: 1 })]);
    expect(await readAll(storage, 'entries')).toEqual([{ _id: idOf(1), n: 1 }]);
    expect(heard.at(-1)).toBeUndefined();
    await expect.poll(async () => (await storage.sizes()).indexSize).toBeGreaterThan(100_000);
  });

  it('killed while writing: what was acknowledged is there afterwards, and work goes on without a restart', {
    timeout: 60_000
  }, async (context) => {
    const mongod = await ownMongod();
    if (!mongod) return context.skip('no mongod of our own to start');
    await mongod.start();
    const { storage, heard } = open(mongod.port);
    await storage.ping();
    const acknowledged: number[] = [];
    const refused: unknown[] = [];
    let stop = false;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = writer; !stop; n += 4) {
        await storage.apply([insert('entries', { _id: idOf(n), n })]).then(
          () => acknowledged.push(n),
          (error: unknown) => refused.push(error)
        );
      }
    });
    await expect.poll(() => acknowledged.length).toBeGreaterThan(100);
    await mongod.kill();
    const during = await timed(readAll(storage, 'entries'));
    expect(during.error).toMatchObject(AWAY);
    expect(during.ms).toBeLessThan(25_000);
    const before = acknowledged.length;
    await mongod.start();
    await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 50);
    stop = true;
    await Promise.all(writers);
    for (const error of refused) expect(error).toMatchObject(AWAY);
    const stored = new Set((await readAll(storage, 'entries')).map(({ n }) => n));
    expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
    expect(heard).toEqual(expect.arrayContaining([expect.any(String), undefined]));
  });

  it('restarted between two requests: the next one does not notice', async (context) => {
    const mongod = await ownMongod();
    if (!mongod) return context.skip('no mongod of our own to start');
    await mongod.start();
    const { storage } = open(mongod.port);
    await storage.apply([insert('entries', { _id: idOf(1) })]);
    await mongod.kill();
    await mongod.start();
    await storage.apply([insert('entries', { _id: idOf(2) })]);
    expect(await storage.count('entries', {})).toBe(2);
  });
});

describe.skipIf(!mongoUrl())('MongoDB slow', () => {
  it('reads that take long are no reason to call it away, and keep no upload waiting (issue 6: 503 beside large listings)', async () => {
    const database = await freshDatabase();
    cleanups.push(database.drop);
    const url = new URL(database.url);
    const held: (() => void)[] = [];
    let holding = false;
    const ways = new Set<Socket>();
    // whatever asks for food waits
    const between = createServer((near) => {
      const far = connect(Number(url.port), url.hostname);
      for (const one of [near, far]) ways.add(one.on('error', () => {}));
      far.on('data', (bytes) => near.write(bytes));
      near.on('data', (bytes) => {
        if (holding && bytes.includes('find\u0000') && bytes.includes('food')) held.push(() => far.write(bytes));
        else far.write(bytes);
      });
      near.on('close', () => far.destroy());
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    cleanups.push(async () => {
      for (const way of ways) way.destroy();
      between.close();
    });
    const { storage } = open((between.address() as AddressInfo).port, url.pathname.slice(1));
    await storage.ping();
    holding = true;
    let answered = 0;
    const reads = Array.from({ length: 12 }, () => readAll(storage, 'food').then(() => answered++));
    await expect.poll(() => held.length).toBe(4);
    await storage.ping();
    await storage.apply([insert('entries', { _id: idOf(1), n: 1 })]);
    expect(await storage.candidates('entries', [{ _id: idOf(1) }])).toEqual([{ _id: idOf(1), n: 1 }]);
    expect(answered).toBe(0);
    holding = false;
    for (const go of held) go();
    await Promise.all(reads);
    expect(answered).toBe(12);
  });
});
