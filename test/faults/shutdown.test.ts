import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket as TcpSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { afterAll, describe, expect, it } from 'vitest';
import { mongoUrl } from '../support/mongo.ts';
import { BUILD, freePort, PROCESS_SECRET, type Running, startProcess } from '../support/process.ts';

const secret = createHash('sha1').update(PROCESS_SECRET).digest('hex');
const agent = new Agent({ keepAlive: true, maxSockets: 40 });
/** Requests under way may take 5 s; the rest is for a busy machine. */
const LIMIT_MS = 30_000;
const ENV = { AUTH_DEFAULT_ROLES: 'denied', SOCKET_WRITE_BURST: '100000', SOCKET_WRITE_RATE: '100000', LOG_LEVEL: 'fatal' };

afterAll(() => agent.destroy());

/** What was acknowledged: `date` of each reading → its `_id`. */
type Acknowledged = Map<number, string>;

function post(url: string, date: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const req = request(
      `${url}/api/v1/entries.json`,
      { method: 'POST', agent, headers: { 'api-secret': secret, 'content-type': 'application/json' } },
      (res) => {
        let text = '';
        res.on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(res.statusCode === 200 ? JSON.parse(text)[0]._id : undefined));
        res.on('error', () => resolve(undefined));
      }
    );
    req.on('error', () => resolve(undefined));
    req.end(JSON.stringify([{ type: 'sgv', sgv: 100, date, device: 'shutdown-test' }]));
  });
}

async function enter(url: string, transport: 'websocket' | 'polling'): Promise<Socket> {
  const socket = io(url, { transports: [transport], reconnectionDelay: 100, reconnectionDelayMax: 300 });
  await socket.emitWithAck('authorize', { client: 'test', secret });
  return socket;
}

/** Sends readings from all sides until nobody answers any more. */
async function load(url: string, sockets: readonly Socket[], base: number, acknowledged: Acknowledged): Promise<void> {
  let next = base;
  let over = false;
  const http = Array.from({ length: 30 }, async () => {
    while (!over) {
      const date = next++;
      const id = await post(url, date);
      if (id) acknowledged.set(date, id);
      else over = true;
    }
  });
  const live = sockets.map(async (socket) => {
    while (!over) {
      const date = next++;
      const data = { type: 'sgv', sgv: 100, date, device: 'shutdown-test-socket' };
      const answer = await socket
        .timeout(2000)
        .emitWithAck('dbAdd', { collection: 'entries', data })
        .catch(() => undefined);
      if (Array.isArray(answer) && answer[0]) acknowledged.set(date, answer[0]._id);
    }
  });
  await Promise.all([...http, ...live]);
}

/** Connections of people who never finish what they began. */
async function laggards(url: string, texts: readonly string[]): Promise<TcpSocket[]> {
  const port = Number(new URL(url).port);
  return Promise.all(
    texts.map(async (text) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      if (text !== '') socket.write(text);
      return socket;
    })
  );
}

/** A poll that hangs until there is something to say. */
async function longPoll(url: string): Promise<{ readonly answer: Promise<string | undefined> }> {
  const open = await (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).text();
  const { sid } = JSON.parse(open.slice(1)) as { sid: string };
  const answer = fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`).then(
    (response) => response.text(),
    () => undefined
  );
  return { answer };
}

async function terminate({ child }: Running): Promise<{ code: number | null; ms: number }> {
  const began = performance.now();
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  // npm passes on what the terminal said already
  setTimeout(() => child.kill('SIGTERM'), 50);
  const [code] = (await exit) as [number | null];
  return { code, ms: performance.now() - began };
}

async function storedOf(url: string, base: number): Promise<{ _id: string; date: number }[]> {
  const answer = await fetch(`${url}/api/v1/entries.json?find[date][$gte]=${base}&count=100000`, {
    headers: { 'api-secret': secret }
  });
  return (await answer.json()) as { _id: string; date: number }[];
}

async function drill(env: Record<string, string>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-shutdown-'));
  const acknowledged: Acknowledged = new Map();
  const base = Date.now() - 3_600_000;
  const PORT = String(await freePort());
  let server = await startProcess(BUILD, dataDir, { ...ENV, ...env, PORT });
  const sockets = await Promise.all([
    enter(server.url, 'websocket'),
    enter(server.url, 'websocket'),
    enter(server.url, 'polling')
  ]);
  try {
    const reasons: string[] = [];
    for (const socket of sockets) socket.on('disconnect', (reason) => void reasons.push(reason));
    const idle = await laggards(server.url, ['', 'GET /api/v1/status.json HTTP/1.1\r\nHost: x\r\nX-Half']);
    const poll = await longPoll(server.url);
    const work = load(server.url, sockets, base, acknowledged);
    while (acknowledged.size < 300) await pause(5);
    const { code, ms } = await terminate(server);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(LIMIT_MS);
    expect(await poll.answer, 'the poll is not told').toBe('1');
    const returned = Promise.all(sockets.map((socket) => once(socket as never, 'connect')));
    server = await startProcess(BUILD, dataDir, { ...ENV, ...env, PORT });
    await returned;
    await work;

    expect(new Set(reasons).has('io server disconnect'), 'such a client would stay away').toBe(false);
    expect(reasons.length).toBeGreaterThanOrEqual(sockets.length);
    const stored = await storedOf(server.url, base);
    const byDate = new Map(stored.map(({ date, _id }) => [date, _id]));
    expect(byDate.size, 'a reading is stored twice').toBe(stored.length);
    expect(
      [...acknowledged].filter(([date, id]) => byDate.get(date) !== id),
      'acknowledged readings are missing'
    ).toEqual([]);
    for (const socket of idle) socket.destroy();
  } finally {
    for (const socket of sockets) socket.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

describe('SIGTERM in the middle of uploads: what was acknowledged is there afterwards, once, and clients come back', () => {
  it('on SQLite', { timeout: 120_000 }, () => drill({}));

  it('on MongoDB', { timeout: 120_000 }, async ({ skip }) => {
    const url = await mongoUrl();
    if (!url) return skip();
    await drill({ MONGODB_URI: `${url}shutdown_${process.pid}_${Date.now()}` });
  });
});

describe('a server that is told to stop', () => {
  it('says so to those who ask, finishes nobody’s half request for them, and goes in time', { timeout: 120_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'vigil-shutdown-'));
    const server = await startProcess(BUILD, dataDir, ENV);
    try {
      const [asking] = await laggards(server.url, [
        '',
        'POST /api/v1/entries.json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{"ty'
      ]);
      await fetch(`${server.url}/healthz`);
      const heard: string[] = [];
      asking!.on('data', (chunk: Buffer) => heard.push(String(chunk)));
      asking!.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n');
      while (heard.length === 0) await pause(5);
      const end = terminate(server);
      // the second question was half asked when the signal came
      await pause(300);
      asking!.write('\r\n');
      const { code, ms } = await end;
      expect(code).toBe(0);
      expect(ms).toBeLessThan(LIMIT_MS);
      const text = heard.join('');
      expect(text).toMatch(/^HTTP\/1\.1 200/);
      expect(text).toMatch(/HTTP\/1\.1 503[\s\S]*Connection: close[\s\S]*Retry-After: 5[\s\S]*"reason":"closing"/i);
    } finally {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
