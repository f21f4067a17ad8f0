import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ContentHash, contentHash } from '../../src/backup/content-hash.ts';
import type { StoreName } from '../../src/storage/port.ts';
import { COLLECTIONS } from '../../src/storage/port.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { vigil } from './support.ts';

// what must come back: everything but the server's own memory, which changes while it runs
const KEPT: readonly StoreName[] = [...COLLECTIONS, 'subjects', 'roles', 'tombstones'];
const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'vigil-drill-'));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

const call = async (server: TestServer, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...server.secret, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) })
  });
  const text = await response.text();
  expect(response.status, `${method} ${path}: ${text.slice(0, 200)}`).toBeLessThan(300);
  return text ? JSON.parse(text) : undefined;
};

const START = Date.now() - 20 * 86_400_000;

/** Mixed data, through every door that HTTP has. */
async function fill(server: TestServer): Promise<{ accessToken: string }> {
  const entries = Array.from({ length: 1200 }, (_, n) => ({
    type: n % 50 === 0 ? 'mbg' : 'sgv',
    sgv: 80 + (n % 120),
    date: START + n * 300_000,
    dateString: new Date(START + n * 300_000).toISOString(),
    device: n % 2 ? 'xDrip-DexcomG6' : 'share2'
  }));
  await call(server, 'POST', '/api/v1/entries', entries);
  await call(server, 'POST', '/api/v1/treatments', [
    { eventType: 'Meal Bolus', insulin: 2.35, carbs: 30, created_at: new Date(START).toISOString(), enteredBy: 'Löffel 🥄' },
    { eventType: 'Note', notes: '"quoted" \\ \u2028 𝒳', created_at: new Date(START + 1).toISOString() },
    { eventType: 'Exercise', duration: 30, created_at: new Date(START + 2).toISOString() }
  ]);
  await call(server, 'POST', '/api/v1/devicestatus', [
    {
      device: 'loop://iPhone',
      created_at: new Date(START).toISOString(),
      loop: { iob: { iob: 1.2345 }, predicted: { values: [1, 2] } }
    }
  ]);
  await call(server, 'POST', '/api/v1/profile', {
    defaultProfile: 'Default',
    store: { Default: { dia: 5 } },
    startDate: new Date(START).toISOString()
  });
  await call(server, 'POST', '/api/v1/food', { type: 'food', name: 'Apfel', carbs: 12 });
  await call(server, 'POST', '/api/v1/activity', [{ created_at: new Date(START).toISOString(), heartrate: 66 }]);
  await call(server, 'POST', '/api/v2/authorization/subjects', { name: 'drill', roles: ['admin'] });
  const [{ accessToken }] = (await call(server, 'GET', '/api/v2/authorization/subjects')) as [{ accessToken: string }];
  const jwt = await jwtOf(server, accessToken);
  const doc = { app: 'drill', device: 'd', date: START + 5, eventType: 'Temp Basal', rate: 0.5, duration: 30, utcOffset: 0 };
  for (const n of [0, 1, 2])
    await call(server, 'POST', '/api/v3/treatments', { ...doc, date: doc.date + n, identifier: `drill-${n}` }, jwt);
  await call(server, 'DELETE', '/api/v3/treatments/drill-1', undefined, jwt);
  await call(server, 'DELETE', '/api/v3/treatments/drill-2?permanent=true', undefined, jwt);
  await call(
    server,
    'POST',
    '/api/v3/settings',
    { app: 'drill', device: 'd', date: START, identifier: 'set', a: { b: [1] } },
    jwt
  );
  // as an uploader of long ago may have left it
  const odd = { _id: 'no object id', eventType: 'Note', created_at: new Date(START + 9).toISOString() };
  await server.services.storage.apply([{ op: 'insert', collection: 'treatments', doc: odd }]);
  return { accessToken };
}

async function jwtOf(server: TestServer, accessToken: string): Promise<{ authorization: string }> {
  const { token } = await call(server, 'GET', `/api/v2/authorization/request/${accessToken}`);
  return { authorization: `Bearer ${token}` };
}

/** Readings, new and changed ones, and deletes until told to stop. @returns what was acknowledged, by instant */
function load(server: TestServer, from: number): { stop: () => Promise<Map<number, string>> } {
  const acknowledged = new Map<number, string>();
  let going = true;
  const worker = async (lane: number) => {
    for (let n = 0; going; n++) {
      const date = from + n * 1000 + lane;
      const [{ _id }] = await call(server, 'POST', '/api/v1/entries', [{ type: 'sgv', sgv: 100, date, device: 'load' }]);
      acknowledged.set(date, _id);
    }
  };
  const running = [0, 1, 2].map(worker);
  return {
    stop: async () => {
      going = false;
      await Promise.all(running);
      return acknowledged;
    }
  };
}

async function drill(env: Record<string, string>, wipe: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = folder();
  const all = { DATA_DIR: dataDir, ...env };
  let server = await startServer(env, { dataDir });
  const { accessToken } = await fill(server);
  const { result: before } = await call(server, 'GET', '/api/v3/lastModified', undefined, await jwtOf(server, accessToken));

  // under load: what was acknowledged before it began is in it
  const traffic = load(server, Date.now() - 3_600_000);
  const early = await vigil(['backup', '--json'], all, () => Date.UTC(2026, 0, 31, 23, 59, 58));
  expect(early.code, early.err).toBe(0);
  const acknowledged = await traffic.stop();
  expect(acknowledged.size).toBeGreaterThan(0);

  // at rest: it is the database, document by document
  const late = await vigil(['backup'], all, () => Date.UTC(2026, 0, 31, 23, 59, 59));
  expect(late.code, late.err).toBe(0);
  expect(late.out).toMatch(/Not in it: the API secret/);
  const file = join(dataDir, 'backups', 'vigil-20260131-235959.db');
  expect(readdirSync(join(dataDir, 'backups')).sort()).toEqual(['vigil-20260131-235958.db', 'vigil-20260131-235959.db']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const full: ContentHash = await contentHash(server.services.storage, KEPT);
  await server.close();

  await wipe(dataDir);
  const restored = await vigil(['restore', file], all);
  expect(restored.code, restored.err).toBe(0);
  expect(restored.out).toMatch(/as it was on 2026-01-31T23:59:59.000Z/);

  server = await startServer(env, { dataDir });
  try {
    expect(await contentHash(server.services.storage, KEPT)).toEqual(full);
    const jwt = await jwtOf(server, accessToken);
    const { result: after } = await call(server, 'GET', '/api/v3/lastModified', undefined, jwt);
    expect(after.collections.treatments).toBe(before.collections.treatments);
    const { result: history } = await call(server, 'GET', `/api/v3/treatments/history/${START}`, undefined, jwt);
    expect(history.filter((doc: { identifier?: string }) => /^drill-/.test(doc.identifier ?? ''))).toEqual([
      expect.objectContaining({ identifier: 'drill-0' }),
      expect.objectContaining({ identifier: 'drill-1', isValid: false }),
      expect.objectContaining({ identifier: 'drill-2', isValid: false })
    ]);
    await call(server, 'POST', '/api/v1/entries', [{ type: 'sgv', sgv: 111, date: Date.now(), device: 'after' }]);
    const { result: newest } = await call(server, 'GET', '/api/v3/lastModified', undefined, jwt);
    expect(newest.collections.entries).toBeGreaterThan(after.collections.entries);
  } finally {
    await server.close();
  }
}

describe('fill, back up under load, delete everything, restore', () => {
  it('on SQLite', { timeout: 240_000 }, () =>
    drill({}, async (dataDir) => {
      for (const name of readdirSync(dataDir)) if (name.startsWith('vigil.db')) rmSync(join(dataDir, name));
    })
  );

  it('on MongoDB', { timeout: 240_000 }, async ({ skip }) => {
    if (!mongoUrl()) return skip();
    const { url, client, drop } = await freshDatabase();
    try {
      await drill({ MONGODB_URI: url }, async () => void (await client.db().dropDatabase()));
    } finally {
      await drop();
    }
  });

  it('from SQLite into MongoDB and back, with the same content', { timeout: 240_000 }, async ({ skip }) => {
    if (!mongoUrl()) return skip();
    const { url, client, drop } = await freshDatabase();
    const [from, to] = [folder(), folder()];
    try {
      const server = await startServer({}, { dataDir: from, mongoUri: '' });
      const { accessToken } = await fill(server);
      const full = await contentHash(server.services.storage, KEPT);
      await server.close();
      const first = join(from, 'first.db');
      expect((await vigil(['backup', first], { DATA_DIR: from })).code).toBe(0);

      const mongo = { DATA_DIR: to, MONGODB_URI: url };
      expect((await vigil(['restore', first], mongo)).code).toBe(0);
      const ids = await client.db().collection('entries').distinct('_id');
      expect(new Set(ids.map((id) => (id as { _bsontype?: string })._bsontype))).toEqual(new Set(['ObjectId']));
      expect(
        await client
          .db()
          .collection('treatments')
          .findOne({ _id: 'no object id' as never })
      ).not.toBeNull();

      // not empty now: nothing without --yes; with it, what is not in the backup goes
      await client.db().collection('entries').insertOne({ sgv: 1, date: 1 });
      const refused = await vigil(['restore', first], mongo);
      expect(refused.code).toBe(1);
      expect(refused.err).toMatch(/not empty .*entries 1201.*nothing was changed[\s\S]*--yes/);
      expect(await client.db().collection('entries').countDocuments()).toBe(1201);
      expect((await vigil(['restore', first, '--yes'], mongo)).code).toBe(0);
      expect(await client.db().collection('entries').countDocuments()).toBe(1200);

      const second = join(to, 'second.db');
      const back = await vigil(['backup', second, '--json'], mongo);
      expect(back.code, back.err).toBe(0);
      expect(JSON.parse(back.out).info.source).toBe('mongodb');
      const last = folder();
      expect((await vigil(['restore', second], { DATA_DIR: last })).code).toBe(0);
      const again = await startServer({}, { dataDir: last, mongoUri: '' });
      expect(await contentHash(again.services.storage, KEPT)).toEqual(full);
      await jwtOf(again, accessToken);
      await again.close();
    } finally {
      await drop();
    }
  });
});
