import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupName } from '../../src/backup/names.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// issue 7: what the page /admin/ shows of the server

interface Status {
  readonly server: { readonly name: string; readonly uptimeMs: number };
  readonly storage: {
    readonly documents: Record<string, number>;
    readonly disk: { readonly free: number };
    readonly dataSize: number;
  };
  readonly backups: { readonly running: boolean; readonly kept: number; readonly last?: { readonly file: string } };
  readonly sockets: Record<string, Record<string, number>>;
  readonly settings: readonly {
    readonly name: string;
    readonly given: boolean;
    readonly secret: boolean;
    readonly value?: string;
  }[];
  readonly risks: readonly { readonly id: string }[];
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    ENABLE: 'careportal pump',
    PUMP_WARN_RES: '15',
    PUSHOVER_API_TOKEN: 'not-to-be-shown-1',
    WEBHOOK_URL: 'http://user:not-to-be-shown-2@127.0.0.1:1/',
    BASE_URL: 'https://somebody:not-to-be-shown-3@example.org',
    TREATMENTS_AUTH: 'off'
  });
});
afterAll(() => server.close());

const ask = (method: string, path: string, headers: Record<string, string> = { ...server.secret }) =>
  fetch(`${server.url}/api/v2/admin/${path}`, { method, headers });
const status = async () => (await (await ask('GET', 'status')).json()) as Status;
/** The first look loads the audit and its description of all routes. */
const LONG = { timeout: 60_000 };

describe('GET /admin/status', LONG, () => {
  it('is for administrators', async () => {
    expect((await ask('GET', 'status', {})).status).toBe(401);
    await server.services.access.admin.subjects.create({ name: 'r', roles: ['readable'] });
    const { accessToken } = server.services.access.admin.subjects.list().find(({ name }) => name === 'r')!;
    expect((await ask('GET', 'status', { 'api-secret': accessToken })).status).toBe(401);
    expect((await ask('POST', 'backup', { 'api-secret': accessToken })).status).toBe(401);
  });

  it('tells version, storage, sockets and risks', async () => {
    const socket = io(server.url, { transports: ['websocket'], forceNew: true });
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    const seen = await status();
    socket.close();
    expect(seen.server).toMatchObject({ name: 'vigil', state: 'loaded' });
    expect(seen.storage).toMatchObject({ reachable: true, documents: { entries: 0, treatments: 0, settings: 0 } });
    expect(seen.storage.disk.free).toBeGreaterThan(0);
    expect(seen.storage.dataSize).toBeGreaterThan(0);
    expect(seen.sockets).toEqual({ '/': { websocket: 1 } });
    expect(seen.risks.map(({ id }) => id)).toContain('stranger-writes');
  });

  it('shows settings with where they come from, and masks what is secret, or may be', async () => {
    const seen = await status();
    const settingOf = (name: string) => seen.settings.find((one) => one.name === name);
    expect(settingOf('PUMP_WARN_RES')).toMatchObject({ given: true, value: '15', default: '10' });
    expect(settingOf('BG_HIGH')).toMatchObject({ given: false, default: '260', secret: false });
    expect(settingOf('API_SECRET')).toMatchObject({ given: true, secret: true });
    expect(settingOf('PUSHOVER_API_TOKEN')).toMatchObject({ given: true, secret: true });
    expect(settingOf('BASE_URL')).toMatchObject({ value: 'https://…@example.org' });
    const text = JSON.stringify(seen);
    expect(text).not.toContain('not-to-be-shown');
    expect(text).not.toContain('a-secret-for-tests-1');
  });
});

describe('POST /admin/backup', LONG, () => {
  // that one is made, and which one goes, is told in test/backup
  it('begins one, once', async () => {
    expect((await ask('POST', 'backup')).status).toBe(202);
    await expect.poll(async () => (await status()).backups.running).toBe(true);
    expect((await ask('POST', 'backup')).status).toBe(202);
    expect(existsSync(join(server.dataDir, 'backups')) ? readdirSync(join(server.dataDir, 'backups')).length : 0).toBeLessThan(2);
  });

  it('not when one is as good as new', async () => {
    const dir = join(server.dataDir, 'elsewhere');
    mkdirSync(dir);
    writeFileSync(join(dir, backupName(Date.now() - 60_000)), 'backup');
    const other = await startServer({ BACKUP_DIR: dir });
    try {
      await other.services.backups!.tick();
      const answer = await fetch(`${other.url}/api/v2/admin/backup`, { method: 'POST', headers: other.secret });
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(400);
    } finally {
      await other.close();
    }
  });
});
