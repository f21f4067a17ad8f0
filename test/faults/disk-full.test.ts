import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { BUILD, PROCESS_SECRET, type Running, startProcess } from '../support/process.ts';
import { startServer } from '../support/start-server.ts';
import { type SmallDisk, smallDisk } from './tmpfs.ts';

const secret = { 'api-secret': createHash('sha1').update(PROCESS_SECRET).digest('hex') };
const ENV = { AUTH_DEFAULT_ROLES: 'denied', LOG_LEVEL: 'silent', MONGODB_URI: '' };
/** Whatever store the run is on. */
const ON_SQLITE = { MONGODB_URI: '' };
const BASE = Date.now() - 6 * 3_600_000;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: unknown;
}

async function send(server: Running, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...secret, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) })
  });
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: text ? JSON.parse(text) : undefined };
}

/** A reading with so much beside it that a small disk is full soon. */
const reading = (n: number) => ({
  type: 'sgv',
  sgv: 100 + (n % 50),
  date: BASE + n * 1000,
  device: 'full-disk',
  note: 'x'.repeat(3000)
});

async function notices(server: Running): Promise<string[]> {
  const { body } = await send(server, 'GET', '/api/v1/adminnotifies');
  return (body as { message: { notifies: { title: string }[] } }).message.notifies.map(({ title }) => title);
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await pause(100);
  }
}

/** Uploads until a refusal comes. @returns ids by number of the acknowledged, and the refusals */
async function uploadUntilRefused(server: Running, from: number, accepted: Map<number, string>) {
  for (let n = from; n < from + 20_000; n++) {
    const answer = await send(server, 'POST', '/api/v1/entries.json', [reading(n)]);
    if (answer.status === 200) accepted.set(n, (answer.body as { _id: string }[])[0]!._id);
    else return { answer, next: n };
  }
  throw new Error('the disk was never full');
}

async function stored(server: Running): Promise<Map<number, { _id: string; note: string }>> {
  const { body } = await send(server, 'GET', `/api/v1/entries.json?find[date][$gte]=${BASE - 1}&count=100000`);
  const found = (body as { _id: string; date: number; note: string }[]).map((doc) => [(doc.date - BASE) / 1000, doc] as const);
  expect(new Set(found.map(([n]) => n)).size, 'stored twice').toBe(found.length);
  return new Map(found);
}

/** Nothing acknowledged is missing or incomplete, nothing refused is there. */
async function compare(server: Running, accepted: Map<number, string>, refused: Iterable<number>): Promise<void> {
  const there = await stored(server);
  expect([...accepted].filter(([n, id]) => there.get(n)?._id !== id || there.get(n)?.note.length !== 3000)).toEqual([]);
  expect([...refused].filter((n) => there.has(n))).toEqual([]);
}

describe('the disk of the database file is full', () => {
  it('refuses uploads with 503, goes on reading and alarming, survives kill -9, recovers by itself', {
    timeout: 240_000
  }, async ({ skip }) => {
    const disk = smallDisk(24);
    if (!disk) return skip('needs the right to mount');
    const started: Running[] = [];
    try {
      await drill(disk, async () => {
        const server = await startProcess(BUILD, disk.folder, ENV);
        started.push(server);
        return server;
      });
    } finally {
      for (const server of started) await server.stop('SIGKILL');
      disk.remove();
    }
  });

  it('still sends what is new to sockets, and alarms', { timeout: 180_000 }, async ({ skip }) => {
    const disk = smallDisk(8);
    if (!disk) return skip('needs the right to mount');
    let at = Date.now();
    const server = await startServer(
      { HEARTBEAT: '1', TIMEAGO_ENABLE_ALERTS: 'true', ENABLE: 'timeago', ...ON_SQLITE },
      { dataDir: disk.folder, now: () => at }
    );
    const events: string[] = [];
    server.services.bus.subscribe('notification', 'test', ({ event, message }) => void events.push(`${event} ${message.title}`));
    const post = (body: object) =>
      fetch(`${server.url}/api/v1/entries.json`, {
        method: 'POST',
        headers: { ...server.secret, 'content-type': 'application/json' },
        body: JSON.stringify(body)
      });
    try {
      expect((await post([{ type: 'sgv', sgv: 120, date: at, device: 'd' }])).status).toBe(200);
      disk.fill();
      await until(
        'a refusal',
        async () => (await post([{ type: 'mbg', mbg: 1, date: at++, note: 'z'.repeat(50_000) }])).status === 503
      );
      const socket = io(server.url, { transports: ['websocket'] });
      const first = new Promise<{ sgvs: unknown[] }>((resolve) => socket.on('dataUpdate', resolve));
      socket.emit('authorize', { client: 'web', secret: server.secret['api-secret'] });
      expect((await first).sgvs).toHaveLength(1);
      socket.close();
      // no reading for half an hour
      at += 31 * 60_000;
      await until('an alarm', async () => events.some((event) => /alarm.*stale/i.test(event)));
    } finally {
      await server.close();
      disk.remove();
    }
  });
});

async function drill(disk: SmallDisk, start: () => Promise<Running>): Promise<void> {
  const accepted = new Map<number, string>();
  const refused = new Set<number>();
  let server = await start();
  for (let n = 0; n < 50; n++) {
    const answer = await send(server, 'POST', '/api/v1/entries.json', [reading(n)]);
    accepted.set(n, (answer.body as { _id: string }[])[0]!._id);
  }

  // full: 503, when to come again, and a plain sentence
  disk.fill(200_000);
  const first = await uploadUntilRefused(server, 50, accepted);
  refused.add(first.next);
  expect(first.answer.status).toBe(503);
  expect(Number(first.answer.retryAfter)).toBeGreaterThan(0);
  expect(JSON.stringify(first.answer.body)).toContain('The disk is full');
  disk.fill();

  // a batch is refused as a whole
  const batch = Array.from({ length: 300 }, (_, i) => first.next + 1 + i);
  expect((await send(server, 'POST', '/api/v1/entries.json', batch.map(reading))).status).toBe(503);
  for (const n of batch) refused.add(n);
  expect((await send(server, 'POST', '/api/v1/treatments', { eventType: 'Note', notes: 'y'.repeat(9000) })).status).toBe(503);
  await until('a notice that it is full', async () => (await notices(server)).includes('Database trouble'));

  // reading goes on
  await compare(server, accepted, refused);
  expect((await send(server, 'GET', '/api/v2/properties/bgnow')).status).toBe(200);
  expect((await send(server, 'GET', '/api/v1/status.json')).status).toBe(200);

  // killed while full: what was acknowledged is there, and the server comes up on the full disk
  await server.stop('SIGKILL');
  disk.fill();
  server = await start();
  await compare(server, accepted, refused);
  const still = await send(server, 'POST', '/api/v1/entries.json', batch.map(reading));
  expect(still.status).toBe(503);
  await compare(server, accepted, refused);

  // stopped and started in order while full
  await server.stop('SIGTERM');
  disk.fill();
  server = await start();
  await compare(server, accepted, refused);
  await until('a refusal', async () => (await send(server, 'POST', '/api/v1/entries.json', batch.map(reading))).status === 503);

  // room: nobody has to do anything, and administrators hear of it without an upload
  disk.makeRoom();
  await until('a notice that it is over', async () => (await notices(server)).includes('Database works again'));
  const again = await send(server, 'POST', '/api/v1/entries.json', [reading(first.next), ...batch.map(reading)]);
  expect(again.status).toBe(200);
  for (const [i, { _id }] of (again.body as { _id: string }[]).entries()) accepted.set(first.next + i, _id);
  await compare(server, accepted, []);
  await server.stop('SIGKILL');
  server = await start();
  await compare(server, accepted, []);
}
