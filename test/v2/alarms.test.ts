import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Answer, call, tokenFor } from '../v1/call.ts';

// the page at / knows of an alarm that went out while it was not connected, and who may silence it (D15, D23)
const MINUTE = 60_000;
const ENV = { AUTH_DEFAULT_ROLES: 'denied', ENABLE: 'simplealarms careportal', ALARM_TYPES: 'simple' };

let dataDir: string;
let server: TestServer;
const clock = { ahead: 0 };
const now = (): number => Date.now() + clock.ahead;
const get = (headers: Record<string, string> = { ...server.secret }): Promise<Answer> =>
  call(server, 'GET', '/api/v2/alarms', { headers });
const upload = (sgv: number): Promise<Answer> =>
  call(server, 'POST', '/api/v1/entries.json', { body: [{ type: 'sgv', sgv, date: now(), direction: 'Flat' }] });
const alarmsAre = (expected: object[]) => expect.poll(async () => (await get()).body.alarms).toEqual(expected);
const ack = (minutes: number): Promise<Answer> =>
  call(server, 'GET', `/api/v1/notifications/ack?level=2&group=default&time=${minutes * MINUTE}`, { secret: true });
const LOW = {
  level: 2,
  group: 'default',
  title: 'Urgent LOW',
  message: expect.stringContaining('BG Now: 45'),
  eventName: 'low',
  snoozeMinutes: [15, 30, 45]
};

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigil-alarms-'));
  server = await startServer(ENV, { dataDir, now });
});
afterEach(() => {
  clock.ahead = 0;
});
afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('GET /api/v2/alarms', () => {
  it('is an empty list while all is well, and known', async () => {
    await upload(120);
    await expect.poll(async () => (await get()).body.at).toEqual(expect.any(Number));
    const { status, headers, body } = await get();
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({ now: expect.any(Number), at: expect.any(Number), mayAck: true, alarms: [] });
  });

  it('has the alarm that sounds, and the choices of the settings', async () => {
    await upload(45);
    await alarmsAre([LOW]);
  });

  it('tells readers as well, and that they may not silence; strangers nothing', async () => {
    const reader = await tokenFor(server, 'reader', ['api:*:read']);
    expect((await get({ 'api-secret': reader })).body).toMatchObject({ mayAck: false, alarms: [LOW] });
    const carer = await tokenFor(server, 'carer', ['api:*:read', 'api:treatments:create']);
    expect((await get({ 'api-secret': carer })).body).toMatchObject({ mayAck: true });
    expect((await get({})).status).toBe(401);
  });

  it('keeps a silenced alarm while its cause lasts, with the end of the silence', async () => {
    await ack(15);
    await alarmsAre([{ ...LOW, silentUntil: expect.any(Number) }]);
    const { body } = await get();
    expect(Math.abs(body.alarms[0].silentUntil - body.now - 15 * MINUTE)).toBeLessThan(MINUTE);
  });

  it('a restart does not forget it', async () => {
    await server.close();
    server = await startServer(ENV, { dataDir, now });
    await alarmsAre([{ ...LOW, silentUntil: expect.any(Number) }]);
  });

  it('it sounds again when the silence is over', async () => {
    clock.ahead = 16 * MINUTE;
    await upload(44);
    await alarmsAre([{ ...LOW, message: expect.stringContaining('BG Now: 44') }]);
  });

  it('is gone with its cause', async () => {
    await upload(120);
    await alarmsAre([]);
  });

  it('has announcements, which nobody snoozes', async () => {
    const body = { eventType: 'Announcement', notes: 'Call home', created_at: new Date(now()).toISOString() };
    await call(server, 'POST', '/api/v1/treatments.json', { body });
    await alarmsAre([
      { level: 0, group: 'Announcement', title: 'Announcement', message: 'Call home', isAnnouncement: true, snoozeMinutes: [] }
    ]);
  });

  it('knows nothing once nobody has said so for a while, instead of repeating the last word', async () => {
    clock.ahead = 60 * MINUTE;
    expect((await get()).body).toMatchObject({ at: null, alarms: [] });
  });
});
