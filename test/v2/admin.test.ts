import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
const settingsOf = async (name: string) => (await status()).settings.find((one) => one.name === name);

describe('GET /admin/status', () => {
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
    expect(await settingsOf('PUMP_WARN_RES')).toMatchObject({ given: true, value: '15', default: '10' });
    expect(await settingsOf('BG_HIGH')).toMatchObject({ given: false, default: '260', secret: false });
    expect(await settingsOf('API_SECRET')).toMatchObject({ given: true, secret: true });
    expect(await settingsOf('PUSHOVER_API_TOKEN')).toMatchObject({ given: true, secret: true });
    expect(await settingsOf('BASE_URL')).toMatchObject({ value: 'https://…@example.org' });
    const text = JSON.stringify(await status());
    expect(text).not.toContain('not-to-be-shown');
    expect(text).not.toContain('a-secret-for-tests-1');
  });
});

describe('POST /admin/backup', () => {
  it('makes one, and not another one minutes later', { timeout: 60_000 }, async () => {
    expect((await ask('POST', 'backup')).status).toBe(202);
    await expect
      .poll(async () => (await status()).backups.last?.file, { timeout: 30_000, interval: 200 })
      .toMatch(/^vigil-.*\.db$/);
    await expect.poll(async () => (await status()).backups.running).toBe(false);
    expect(readdirSync(join(server.dataDir, 'backups'))).toHaveLength(1);
    const again = await ask('POST', 'backup');
    expect([again.status, Number(again.headers.get('retry-after')) > 500]).toEqual([429, true]);
  });
});
