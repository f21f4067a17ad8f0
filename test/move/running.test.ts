import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { createServer, type Server } from '../../src/server.ts';
import { freePort } from '../support/process.ts';
import { API_SECRET } from '../support/start-server.ts';
import { DAY, folders, HOUR, idAt, siteDocs, vigil } from './kit.ts';

// `docker compose exec vigil vigil import …`: the server runs, holds the database, and must be the one to store and to tell
const place = folders();
let server: Server;
let env: Record<string, string>;
let dataDir = '';
let token = '';
let jwt = '';
const heard: { event: string; doc?: { identifier?: string; srvModified?: number } }[] = [];
const alarms: unknown[] = [];
let updates = 0;
let socket: Socket;
let root: Socket;

beforeAll(async () => {
  dataDir = place.make();
  const port = await freePort();
  env = { DATA_DIR: dataDir, PORT: String(port), ENABLE: 'treatmentnotify careportal', TIMEAGO_ENABLE_ALERTS: 'true' };
  const config = readConfig({ ...env, HOSTNAME: '127.0.0.1', API_SECRET, INSECURE_USE_HTTP: 'true', LOG_LEVEL: 'silent' });
  server = await createServer(config, { log: createLogger('silent') });
  const { access, bus } = server.services;
  // the all-clear after the start is none
  bus.subscribe('notification', 'test', (message) => void (message.event === 'clear_alarm' || alarms.push(message)));
  await access.admin.subjects.create({ name: 'aaps', roles: ['admin'] });
  token = access.admin.subjects.list()[0]!.accessToken;
  jwt = (await access.request(token, '127.0.0.1'))!.token;
  socket = io(`${server.url}/storage`, { transports: ['websocket'] });
  for (const event of ['create', 'update', 'delete']) socket.on(event, (message) => void heard.push({ event, ...message }));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await socket.emitWithAck('subscribe', { accessToken: token });
  root = io(server.url, { transports: ['websocket'] });
  root.on('dataUpdate', () => {
    updates += 1;
  });
  await new Promise<void>((resolve) => root.once('connect', resolve));
  await root.emitWithAck('authorize', { client: 'web', secret: createHash('sha1').update(API_SECRET).digest('hex') });
});
afterAll(async () => {
  socket?.close();
  root?.close();
  await server?.close();
  place.clear();
});

const get = async (path: string) =>
  (await (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${jwt}` } })).json()) as {
    result: { identifier: string; notes?: string }[];
  };

const file = (name: string, docs: readonly object[]): string => {
  const path = join(place.make(), `${name}.ndjson`);
  writeFileSync(path, docs.map((doc) => JSON.stringify(doc)).join('\n'));
  return path;
};
const treatment = (at: number, n: number, more: object = {}) => ({
  _id: idAt(at, n),
  eventType: 'Announcement',
  isAnnouncement: true,
  notes: 'look here',
  created_at: new Date(at).toISOString(),
  srvModified: at,
  srvCreated: at,
  ...more
});

describe('vigil import into a running server', { timeout: 180_000 }, () => {
  it('a document of now is heard on /storage, in HISTORY and by the followers; one of last year in HISTORY only, and neither rings', async () => {
    const now = Date.now();
    const [old, recent] = [now - 365 * DAY, now - HOUR];
    const before = updates;
    const done = await vigil(['import', file('treatments', [treatment(old, 1), treatment(recent, 2)]), '--json'], env);
    expect(done.code, done.err).toBe(0);
    expect(done.result.totals.treatments).toMatchObject({ new: 2 });
    await expect.poll(() => heard.map(({ doc }) => doc?.identifier)).toEqual([idAt(recent, 2)]);
    expect(heard[0]).toMatchObject({ event: 'create', doc: { srvModified: recent } });
    const { result } = await get(`/api/v3/treatments/history/${old - 1}`);
    expect(result.map(({ identifier }) => identifier)).toEqual([idAt(old, 1), idAt(recent, 2)]);
    await expect.poll(() => updates).toBeGreaterThan(before);
    expect(server.services.live.data().treatments.map(({ _id }) => _id)).toEqual([idAt(recent, 2)]);
    expect(alarms).toEqual([]);
  });

  it('a year of readings and low glucose raises no alarm and does not bury the sockets', async () => {
    const [beforeHeard, beforeUpdates] = [heard.length, updates];
    const docs = siteDocs(Date.now() - 10 * DAY, 20).entries!.map((doc) => ({
      ...doc,
      ...(doc.sgv !== undefined && { sgv: 41 })
    }));
    const done = await vigil(['import', file('entries', docs), '--json'], env);
    expect(done.result.totals.entries).toMatchObject({ new: docs.length });
    // the server is done with it: what it would say has been said
    await server.services.commit('food', 'v1', []);
    expect(alarms).toEqual([]);
    expect(heard.length).toBe(beforeHeard);
    expect(updates - beforeUpdates).toBeLessThan(3);
  });

  it('a trial stores nothing, and nobody hears of it', async () => {
    const before = heard.length;
    const done = await vigil(['import', file('treatments', [treatment(Date.now() - HOUR, 9)]), '--dry-run', '--json'], env);
    expect(done.result).toMatchObject({ dryRun: true, totals: { treatments: { new: 1 } } });
    expect(await server.services.storage.count('treatments', { _id: idAt(Date.now() - HOUR, 9) })).toBe(0);
    expect(heard.length).toBe(before);
  });

  it('refuses what it cannot even read, and takes the rest', async () => {
    const at = Date.now() - 50 * DAY;
    const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);
    const done = await vigil(
      ['import', file('treatments', [treatment(at, 20), { ...treatment(at + 1, 21), deep }, treatment(at + 2, 22)]), '--json'],
      env
    );
    expect(done.code).toBe(1);
    expect(done.result.totals.treatments).toMatchObject({ new: 2, refused: 1 });
    expect(done.result.refused[0]).toMatchObject({ document: idAt(at + 1, 21) });
  });

  it('exports while the server runs', async () => {
    const folder = join(place.make(), 'out');
    const done = await vigil(['export', folder, '--json'], env);
    expect(done.code, done.err).toBe(0);
    expect(JSON.parse(done.out).collections.treatments.count).toBe(await server.services.storage.count('treatments', {}));
  });

  it('brings subjects, whose tokens work at once', async () => {
    const _id = idAt(Date.now(), 77);
    await vigil(['import', file('subjects', [{ _id, name: 'school', roles: ['readable'] }])], env);
    const known = server.services.access.admin.subjects.list().find((subject) => subject._id === _id)!;
    const answer = await fetch(`${server.url}/api/v2/authorization/request/${known.accessToken}`);
    expect(answer.status).toBe(200);
  });

  it('is for administrators', async () => {
    for (const headers of [{}, { authorization: `Bearer ${(await readerJwt())!}` }] as Record<string, string>[]) {
      const answer = await fetch(`${server.url}/api/v2/import`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ collection: 'entries', documents: [] })
      });
      expect(answer.status).toBe(401);
    }
  });

  it.each([
    [{}],
    [{ collection: 'sugar', documents: [] }],
    [{ collection: 'entries', documents: {} }],
    [{ collection: 'entries', documents: [{ doc: {}, how: 'no' }] }],
    [{ collection: 'entries', documents: [], dryRun: 'yes' }]
  ])('%j is a bad request', async (body) => {
    const answer = await fetch(`${server.url}/api/v2/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${jwt}` },
      body: JSON.stringify(body)
    });
    expect(answer.status).toBe(400);
  });
});

async function readerJwt(): Promise<string | undefined> {
  const { access } = server.services;
  await access.admin.subjects.create({ name: 'reader', roles: ['readable'] });
  const subject = access.admin.subjects.list().find(({ name }) => name === 'reader')!;
  return (await access.request(subject.accessToken, '127.0.0.1'))?.token;
}
