import { connect, createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { haveRedis, OwnRedis } from '../support/redis.ts';
import { fence, type Instance, startSite, until } from './kit.ts';

// issue 5, item 8: uploads do not stop because Redis does, and nothing is missed or told twice when it is back

/** A way to Redis that can be cut. */
class Way {
  readonly #server: Server;
  readonly #open = new Set<TcpSocket>();
  isCut = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      if (this.isCut) return near.destroy();
      const far = connect(target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near]
      ] as const) {
        this.#open.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#open.delete(one);
          other.destroy();
        });
      }
    }).listen(0, '127.0.0.1');
  }

  async url(): Promise<string> {
    if (!this.#server.listening) await new Promise((resolve) => this.#server.once('listening', resolve));
    return `redis://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.#open) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

describe.runIf(haveRedis && mongoUrl())('Redis comes and goes', () => {
  let redis: OwnRedis;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let site: Instance[] = [];
  const ways: Way[] = [];
  const loads: { stop(): Promise<void> }[] = [];
  const start = Date.now() - 40 * 60_000;

  beforeEach(async () => {
    redis = await OwnRedis.launch();
    database = await freshDatabase();
    site = [];
  });
  afterEach(async () => {
    redis.signal('SIGCONT');
    for (const { stop } of loads.splice(0)) await stop().catch(() => undefined);
    for (const instance of site) await instance.close();
    for (const way of ways.splice(0)) way.close();
    await database.drop();
    await redis.kill();
  });

  /** Uploads at every process in turn until it is stopped. */
  function load(instances: readonly Instance[]) {
    const sent: string[] = [];
    const removed: string[] = [];
    const slow: number[] = [];
    let isOver = false;
    const work = (async () => {
      const underWay = new Set<Promise<unknown>>();
      for (let i = 0; !isOver; i++) {
        const notes = `load ${i}`;
        const created_at = new Date(start + i * 1000).toISOString();
        const began = performance.now();
        const at = instances[i % instances.length]!;
        const one = (async () => {
          const answer = await at.v1('POST', 'treatments', [{ eventType: 'Note', notes, created_at }]);
          slow.push(performance.now() - began);
          expect(answer.status).toBe(200);
          sent.push(notes);
          if (i % 10 !== 0) return;
          const [{ _id } = {}] = (await answer.json()) as { _id?: string }[];
          // where it was not written: that process must know it already
          const other = instances[(i + 1) % instances.length]!;
          expect((await other.v1('DELETE', `treatments/${_id}`)).status).toBe(200);
          removed.push(_id!);
        })().finally(() => underWay.delete(one));
        underWay.add(one);
        await pause(20);
      }
      await Promise.all(underWay);
    })();
    const running = {
      sent,
      removed,
      slow,
      async stop() {
        isOver = true;
        await work;
      }
    };
    loads.push(running);
    return running;
  }

  async function expectAllOnce(
    instances: readonly Instance[],
    sent: readonly string[],
    removed: readonly string[]
  ): Promise<void> {
    for (const at of instances) await until(() => at.server.services.cluster!.status().connected, 'the connection');
    for (const at of instances) await fence(at, instances);
    for (const { feed, deltas, server } of instances) {
      const gone = new Set(feed.filter(([event]) => event === 'delete').map(([, , { identifier }]) => identifier));
      await until(
        () => removed.every((id) => gone.has(id) || feed.some(([event, , doc]) => event === 'delete' && doc.identifier === id)),
        'the deletes'
      );
      const told = feed
        .filter(([event, , { notes }]) => event !== 'delete' && String(notes).startsWith('load'))
        .map(([, , { notes }]) => notes);
      expect(new Set(told).size, 'told twice').toBe(told.length);
      // what was deleted before this process could hear of it needs no telling
      const ids = new Set(removed);
      const kept = new Set(server.services.live.data().treatments.map(({ notes }) => notes));
      const stored = (await database.client.db().collection('treatments').find({ notes: /^load/ }).toArray()).map(
        ({ notes }) => notes as string
      );
      expect(stored.length).toBe(sent.length - ids.size);
      for (const notes of stored) {
        expect(told, 'on /storage').toContain(notes);
        expect(kept, 'in the live state').toContain(notes);
      }
      const shown = deltas
        .flatMap((delta) => delta.treatments ?? [])
        .filter(({ notes, action }) => action === undefined && String(notes).startsWith('load'));
      expect(new Set(shown.map(({ notes }) => notes)).size, 'shown twice').toBe(shown.length);
      for (const notes of stored) expect(shown.map((one) => one.notes)).toContain(notes);
    }
  }

  it('Redis is killed and started again, empty, under load', async () => {
    site = await startSite(2, { REDIS_URL: redis.url }, database.url);
    const { sent, removed, slow, stop } = load(site);
    await pause(1000);
    await redis.kill();
    const before = slow.length;
    await until(() => slow.length > before + 40, 'uploads while Redis is away');
    expect(site[0]!.server.services.cluster!.status().connected).toBe(false);
    await redis.start();
    await pause(2000);
    await stop();
    await expectAllOnce(site, sent, removed);
    const notes = (await (await site[0]!.v1('GET', 'adminnotifies')).json()) as { message: { notifies: { title: string }[] } };
    expect(notes.message.notifies.map(({ title }) => title)).toContain('Redis trouble');
  });

  it('one process is cut off, the others are not', async () => {
    const way = new Way(redis.port);
    ways.push(way);
    const [a] = await startSite(1, { REDIS_URL: await way.url(), REDIS_PREFIX: 'cut' }, database.url);
    site.push(a!);
    const [b, c] = await startSite(2, { REDIS_URL: redis.url, REDIS_PREFIX: 'cut' }, database.url);
    site.push(b!, c!);
    const { sent, removed, stop } = load(site);
    await pause(1000);
    way.cut();
    await pause(2000);
    way.isCut = false;
    await pause(1500);
    await stop();
    await expectAllOnce(site, sent, removed);
    expect(c!.server.services.cluster!.status().processes).toBe(3);
  });

  it('Redis hangs: uploads wait for it once, and go on', async () => {
    site = await startSite(2, { REDIS_URL: redis.url }, database.url);
    const { sent, removed, slow, stop } = load(site);
    await pause(500);
    redis.signal('SIGSTOP');
    const before = slow.length;
    await until(() => slow.length > before + 40, 'uploads while Redis hangs');
    redis.signal('SIGCONT');
    await pause(1500);
    await stop();
    await expectAllOnce(site, sent, removed);
  });

  it('Redis is away at the start: each process serves alone and joins later', async () => {
    await redis.kill();
    site = await startSite(2, { REDIS_URL: redis.url }, database.url);
    const [a, b] = site;
    const created_at = new Date(start).toISOString();
    await a!.v1('POST', 'treatments', [{ eventType: 'Note', notes: 'load early', created_at }]);
    await redis.start();
    await until(() => b!.feed.some(([, , doc]) => doc.notes === 'load early'), 'the early one');
    await expectAllOnce(site, ['load early'], []);
  });

  it('a cut shorter than a second costs nothing: the stream is read on', async () => {
    const way = new Way(redis.port);
    ways.push(way);
    const [a] = await startSite(1, { REDIS_URL: redis.url, REDIS_PREFIX: 'short' }, database.url);
    site.push(a!);
    const [b] = await startSite(1, { REDIS_URL: await way.url(), REDIS_PREFIX: 'short' }, database.url);
    site.push(b!);
    const sent: string[] = [];
    for (let i = 0; i < 60; i++) {
      if (i === 20) way.cut();
      if (i === 40) way.isCut = false;
      sent.push(`load ${i}`);
      await a!.v1('POST', 'treatments', [
        { eventType: 'Note', notes: `load ${i}`, created_at: new Date(start + i * 1000).toISOString() }
      ]);
    }
    await expectAllOnce(site, sent, []);
    const order = b!.feed.map(([, , doc]) => String(doc.notes)).filter((notes) => notes.startsWith('load'));
    expect(order).toEqual(sent);
  });

  it('a cut longer than what the stream keeps: what is missing there is read from the database', async () => {
    const way = new Way(redis.port);
    ways.push(way);
    const [a] = await startSite(1, { REDIS_URL: redis.url, REDIS_PREFIX: 'long' }, database.url);
    site.push(a!);
    const [b] = await startSite(1, { REDIS_URL: await way.url(), REDIS_PREFIX: 'long' }, database.url);
    site.push(b!);
    const sent: string[] = [];
    const removed: string[] = [];
    for (let i = 0; i < 30; i++) {
      if (i === 10) way.cut();
      const created_at = new Date(start + i * 1000).toISOString();
      sent.push(`load ${i}`);
      const answer = await a!.v1('POST', 'treatments', [{ eventType: 'Note', notes: `load ${i}`, created_at }]);
      if (i % 15 !== 7) continue;
      const [{ _id } = {}] = (await answer.json()) as { _id?: string }[];
      await a!.v1('DELETE', `treatments/${_id}`);
      removed.push(_id!);
    }
    const client = await createClient({ url: redis.url }).connect();
    await client.xTrim('long:bus', 'MAXLEN', 0);
    client.destroy();
    way.isCut = false;
    await expectAllOnce(site, sent, removed);
  });
});
