import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { BUILD, PROCESS_SECRET, type Running, startProcess } from '../support/process.ts';
import { haveRedis, OwnRedis } from '../support/redis.ts';
import { ALARM_EVENTS, until } from './kit.ts';

// issue 5, item 8, with processes that can die: another one takes over what only one does

/** What a new leader needs at most: the lease of the dead one, a look, and its start. */
const TAKEOVER_MS = 40_000;

describe.runIf(haveRedis && mongoUrl())('two processes, one of which dies', () => {
  let redis: OwnRedis;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let receiver: Server;
  let a: Running;
  let b: Running;
  const folders: string[] = [];
  const sockets: Socket[] = [];
  const posted: Doc[] = [];
  const heard: string[] = [];

  const hash = createHash('sha1').update(PROCESS_SECRET).digest('hex');
  const secret = { 'api-secret': hash, 'content-type': 'application/json' };
  const post = (at: Running, path: string, body: unknown) =>
    fetch(`${at.url}/api/v1/${path}`, { method: 'POST', headers: secret, body: JSON.stringify(body) });
  const upload = async (at: Running, value: number) => {
    const date = Date.now();
    const doc = { type: 'sgv', sgv: value, date, dateString: new Date(date).toISOString(), device: 'test', direction: 'Flat' };
    expect((await post(at, 'entries', [doc])).status).toBe(200);
  };
  const launch = (): Promise<Running> => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-cluster-'));
    folders.push(folder);
    return startProcess(BUILD, folder, {
      MONGODB_URI: database.url,
      REDIS_URL: redis.url,
      ENABLE: 'simplealarms',
      ALARM_TYPES: 'simple',
      WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
    });
  };

  beforeAll(async () => {
    receiver = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        const told = JSON.parse(body) as Doc;
        // the all-clear of a quiet start is no alarm, and comes before it where the machine is slow
        if (told.event !== 'clear_alarm') posted.push(told);
        res.end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    redis = await OwnRedis.launch();
    database = await freshDatabase();
    // the first one leads
    a = await launch();
    await upload(a, 120);
    b = await launch();
    const root = io(b.url, { transports: ['websocket'] });
    sockets.push(root);
    for (const event of ALARM_EVENTS) root.on(event, ({ title }) => heard.push(`${event} ${title}`));
    await new Promise((resolve) => root.emit('authorize', { client: 'test', secret: hash }, resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await Promise.all([a?.stop('SIGKILL'), b?.stop()]);
    await database?.drop();
    await redis?.kill();
    receiver?.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('a token of one process is good at the other', async () => {
    await post(a, '../v2/authorization/subjects', { name: 'phone', roles: ['readable'] });
    const subjects = (await (await fetch(`${a.url}/api/v2/authorization/subjects`, { headers: secret })).json()) as Doc[];
    const { token } = (await (await fetch(`${a.url}/api/v2/authorization/request/${subjects[0]!.accessToken}`)).json()) as Doc;
    await until(
      async () => (await fetch(`${b.url}/api/v3/status`, { headers: { authorization: `Bearer ${token}` } })).status === 200,
      'the token'
    );
  });

  it('the leader is killed: the other takes over, and what was told outside is not told again', async () => {
    await upload(b, 200);
    await until(() => posted.length === 1, 'the warning');
    expect(posted[0]).toMatchObject({ event: 'alarm', level: 1 });
    await until(() => heard.some((text) => text.startsWith('alarm')), 'the warning at B');
    // what was delivered is written down a moment later
    await pause(1000);
    await a.stop('SIGKILL');
    const died = performance.now();
    // an uploader goes on; before the other leads nobody answers with an alarm
    heard.length = 0;
    await until(
      async () => {
        await upload(b, 205);
        await pause(500);
        return heard.length > 0;
      },
      'the alarm of the new leader',
      TAKEOVER_MS
    );
    console.info(`took over after ${Math.round(performance.now() - died)} ms`);
    await pause(1000);
    expect(posted).toHaveLength(1);
    // something new is told
    await upload(b, 300);
    await until(() => posted.length === 2, 'the urgent alarm');
    expect(posted[1]).toMatchObject({ event: 'urgent_alarm', level: 2 });
  });

  it('an acknowledgement while nobody leads is not lost', async () => {
    a = await launch();
    await pause(500);
    await b.stop('SIGKILL');
    const root = io(a.url, { transports: ['websocket'], forceNew: true });
    sockets.push(root);
    const here: string[] = [];
    for (const event of ALARM_EVENTS) root.on(event, ({ title }) => here.push(`${event} ${title}`));
    await new Promise((resolve) => root.emit('authorize', { client: 'test', secret: hash }, resolve));
    root.emit('ack', 2, 'default', 600_000);
    await upload(a, 310);
    await until(() => here.some((text) => text.startsWith('clear_alarm')), 'the all-clear', TAKEOVER_MS);
    await upload(a, 315);
    await pause(1000);
    expect(here.filter((text) => text.startsWith('urgent_alarm'))).toEqual([]);
  });

  it('uploads of a process that dies in its turn hold up the others for the time of its lock at most', async () => {
    b = await launch();
    const lost = new Promise<void>((resolve) => {
      let underWay = 0;
      const flood = setInterval(() => {
        underWay++;
        upload(b, 110)
          .catch(() => undefined)
          .finally(() => underWay--);
        if (underWay > 5) {
          clearInterval(flood);
          resolve();
        }
      }, 1);
    });
    await lost;
    await b.stop('SIGKILL');
    const began = performance.now();
    await upload(a, 111);
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
