import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import request, { type Test } from 'supertest';
import { createAccess } from '../../src/access/access.ts';
import { createBus } from '../../src/bus/bus.ts';
import type { Committed } from '../../src/bus/events.ts';
import { createCommit } from '../../src/collections/commit.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createV3 } from '../../src/http/v3/index.ts';
import type { Live } from '../../src/live/live.ts';
import type { Services } from '../../src/services.ts';
import type { Doc, StoreName } from '../../src/storage/port.ts';
import { openTestStorage } from '../support/store.ts';

const SECRET = 'this is my long pass phrase';

/** What the permission tables of the spec need: who may what. */
export const ROLES: Readonly<Record<string, readonly string[]>> = {
  all: ['*'],
  reads: ['*:*:read'],
  creates: ['api:treatments:create', 'api:treatments:read'],
  updates: ['api:treatments:update'],
  settings: ['api:settings:admin'],
  settingsRead: ['api:settings:read'],
  nothing: []
};

export type V3Kit = Awaited<ReturnType<typeof createV3Kit>>;

/**
 * API v3 on a bare Express app over a real store, with the real access, write path and bus. A subject per role of
 * {@link ROLES}; requests go out as `all` unless said otherwise. The clock starts at the present and moves when the test says so.
 */
export async function createV3Kit(env: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'vigil-v3-'));
  const config = readConfig({ API_SECRET: SECRET, DATA_DIR: dir, AUTH_DEFAULT_ROLES: 'denied', AUTH_FAIL_DELAY: '0', ...env });
  const clock = { ahead: 0 };
  const now = () => Date.now() + clock.ahead;
  const log = pino({ level: 'silent' });
  const storage = openTestStorage(join(dir, 'test.db'));
  const failures: unknown[] = [];
  const bus = createBus((error) => void failures.push(error));
  const heard: Committed[] = [];
  bus.subscribe('committed', 'test', (events) => void heard.push(...events));
  const commit = createCommit(storage, bus, now);
  const access = createAccess({ config, storage, bus, log, now, apiSecret: SECRET, jwtKey: 'a key for tests' });
  await access.ready();
  const live = { data: () => ({}), state: () => 'loaded', onChange: () => () => {}, close: async () => {} } as unknown as Live;
  const services: Services = { config, log, bus, storage, commit, access, live, now };

  for (const [name, permissions] of Object.entries(ROLES)) {
    await access.admin.roles.create({ name, permissions });
    await access.admin.subjects.create({ name, roles: [name] });
  }
  const tokens = Object.fromEntries(access.admin.subjects.list().map(({ name, accessToken }) => [name, accessToken]));
  const jwts = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, access.grantFor(token)!.token]));

  const app = express();
  app.disable('x-powered-by');
  app.use('/api/v3', createV3(services, { testRoute: true }));
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const send =
    (method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'options') =>
    (path: string, body?: unknown, who: keyof typeof ROLES | null = 'all'): Test => {
      const test = request(server)[method](`/api/v3${path}`);
      if (who) test.set('Authorization', `Bearer ${jwts[who]}`);
      return body === undefined ? test : test.send(body as object);
    };

  return {
    services,
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clock,
    heard,
    failures,
    tokens,
    jwts,
    get: (path: string, who?: keyof typeof ROLES | null) => send('get')(path, undefined, who),
    head: (path: string) => send('head')(path),
    options: (path: string) => send('options')(path, undefined, null),
    post: send('post'),
    put: send('put'),
    patch: send('patch'),
    delete: (path: string, who?: keyof typeof ROLES | null) => send('delete')(path, undefined, who),
    /** Puts documents into the store as another server left them: no srvModified, no identifier. */
    plant: (collection: StoreName, ...docs: (Doc & { _id: string })[]) =>
      storage.apply(docs.map((doc) => ({ op: 'insert', collection, doc }))),
    async stored(collection: StoreName): Promise<Doc[]> {
      const docs: Doc[] = [];
      for await (const batch of storage.find(collection, { filter: {} })) docs.push(...batch.map(({ doc }) => doc));
      return docs;
    },
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await access.close();
      await storage.close();
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

/** A treatment as AAPS uploads it. */
export const bolus = (fields: Doc = {}): Doc => ({
  eventType: 'Correction Bolus',
  insulin: 0.3,
  date: 1_707_552_000_000,
  app: 'AAPS',
  device: 'openaps://Pixel',
  utcOffset: 120,
  isValid: true,
  ...fields
});

/** A reading as xDrip+ uploads it over v3. */
export const reading = (fields: Doc = {}): Doc => ({
  type: 'sgv',
  sgv: 110,
  date: 1_707_552_000_000,
  app: 'xdrip',
  device: 'G6',
  direction: 'Flat',
  utcOffset: 60,
  ...fields
});
