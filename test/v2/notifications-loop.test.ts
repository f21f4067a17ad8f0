import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { createApplePushService, PushRefused } from '../../src/integrations/apns.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// LoopCaregiver, LoopFollow and the careportal show people the text of a failure; rest-v1-v2 §12.8, clients §7
const KEYS = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = KEYS.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const CREDENTIALS = { LOOP_APNS_KEY: PEM, LOOP_APNS_KEY_ID: '0123456789', LOOP_DEVELOPER_TEAM_ID: '12345678E1' };
const LOOP_SETTINGS = { deviceToken: 'abc123', bundleIdentifier: 'com.TEAM.loopkit.Loop', overridePresets: [] };

interface Push {
  readonly headers: IncomingHttpHeaders;
  // what a test reads out of a payload is the test's business
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly payload: any;
}

/** Apple on this machine, over HTTP/2 without TLS. */
function createApple() {
  const pushes: Push[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const apple = { status: 200, answer: '', silent: false };
  const server: Http2Server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', async (stream, headers) => {
    let body = '';
    for await (const chunk of stream) body += String(chunk);
    pushes.push({ headers, payload: JSON.parse(body) });
    if (apple.silent) return;
    stream.respond({ ':status': apple.status });
    stream.end(apple.answer);
  });
  return Object.assign(apple, {
    pushes,
    open: () => sessions.size,
    listen: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const session of sessions) session.destroy();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    }
  });
}

const apple = createApple();
let server: TestServer;
const clock = { now: Date.now() };

beforeAll(async () => {
  await apple.listen();
  server = await start();
  await profile(server, { startDate: new Date(clock.now - 60_000).toISOString(), loopSettings: LOOP_SETTINGS });
});
beforeEach(() => {
  apple.pushes.length = 0;
  Object.assign(apple, { status: 200, answer: '', silent: false });
});
afterAll(async () => {
  await server.close();
  await apple.close();
});

const others: TestServer[] = [];
afterEach(async () => {
  for (const one of others.splice(0)) await one.close();
});
const start = (env: Record<string, string> = {}) =>
  startServer(
    { ENABLE: 'careportal loop', AUTH_DEFAULT_ROLES: 'readable', APNS_URL: apple.url(), ...CREDENTIALS, ...env },
    { now: () => clock.now }
  );
async function startOther(env: Record<string, string> = {}): Promise<TestServer> {
  const other = await start(env);
  others.push(other);
  return other;
}

async function profile(site: TestServer, over: object): Promise<void> {
  const before = site.services.live.data().profiles[0];
  const response = await fetch(`${site.url}/api/v1/profile`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...site.secret },
    body: JSON.stringify({ defaultProfile: 'Default', store: { Default: {} }, ...over })
  });
  expect(response.status).toBe(200);
  for (let turn = 0; site.services.live.data().profiles[0] === before && turn < 1000; turn++) await new Promise(setImmediate);
}

async function command(
  body: unknown,
  { site = server, headers = site.secret as Record<string, string>, raw = JSON.stringify(body) } = {}
) {
  const response = await fetch(`${site.url}/api/v2/notifications/loop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: raw
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}
const failed = (text: string) => ({ status: 500, type: 'text/plain; charset=utf-8', text });
const CANCEL = { eventType: 'Temporary Override Cancel', duration: '0' };

describe('a command reaches Apple', () => {
  it('with the headers and the token Apple asks for', async () => {
    expect(await command(CANCEL)).toEqual({ status: 200, type: 'text/plain; charset=utf-8', text: 'OK' });
    const { headers } = apple.pushes[0]!;
    expect(headers).toMatchObject({
      ':method': 'POST',
      ':path': '/3/device/abc123',
      'apns-topic': 'com.TEAM.loopkit.Loop',
      'apns-push-type': 'alert',
      'apns-priority': '10',
      'content-type': 'application/json'
    });
    const token = String(headers.authorization).replace(/^bearer /, '');
    const { header, payload } = jwt.verify(token, KEYS.publicKey, {
      algorithms: ['ES256'],
      complete: true,
      clockTimestamp: Math.floor(clock.now / 1000)
    });
    // ids of digits stay text
    expect(header).toMatchObject({ alg: 'ES256', kid: '0123456789' });
    expect(payload).toEqual({ iss: '12345678E1', iat: Math.floor(clock.now / 1000) });
  });

  it('is valid for five minutes, on the way too', async () => {
    await command(CANCEL);
    const { headers, payload } = apple.pushes[0]!;
    expect(Date.parse(payload.expiration) - Date.parse(payload['sent-at'])).toBe(300_000);
    expect(payload['sent-at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Number(headers['apns-expiration'])).toBe(Math.floor(Date.parse(payload.expiration) / 1000));
  });

  it('never shares its sent-at with another one: Loop would take the two for one', async () => {
    await Promise.all(Array.from({ length: 10 }, () => command(CANCEL)));
    expect(new Set(apple.pushes.map(({ payload }) => payload['sent-at'])).size).toBe(10);
  });

  it('leaves no connection behind', async () => {
    await command(CANCEL);
    for (let turn = 0; apple.open() > 0 && turn < 1000; turn++) await new Promise(setImmediate);
    expect(apple.open()).toBe(0);
  });

  it.each([
    [
      'override',
      { eventType: 'Temporary Override', reason: 'Running', reasonDisplay: '🏃 Running', duration: '60.0', notes: '' },
      { 'override-name': 'Running', 'override-duration-minutes': 60, notes: '' },
      '🏃 Running Temporary Override'
    ],
    [
      'override without end',
      {
        eventType: 'Temporary Override',
        reason: 'Running',
        reasonDisplay: 'Run',
        duration: '0',
        notes: 'fast',
        enteredBy: 'Ann'
      },
      { 'override-name': 'Running', notes: 'fast', 'entered-by': 'Ann' },
      'Run Temporary Override - fast - Ann'
    ],
    [
      'override with a number',
      { eventType: 'Temporary Override', reason: 'Running', duration: 90 },
      { 'override-name': 'Running', 'override-duration-minutes': 90 },
      'Running Temporary Override'
    ],
    [
      'cancel',
      { ...CANCEL, enteredBy: 'Ann' },
      { 'cancel-temporary-override': 'true', 'entered-by': 'Ann' },
      'Cancel Temporary Override - Ann'
    ],
    [
      'bolus',
      { eventType: 'Remote Bolus Entry', remoteBolus: '0.5', otp: '012345', notes: 'snack' },
      { 'bolus-entry': 0.5, otp: '012345', notes: 'snack' },
      'Remote Bolus Entry: 0.5 U - snack'
    ],
    [
      'bolus without password',
      { eventType: 'Remote Bolus Entry', remoteBolus: 1.25, otp: '' },
      { 'bolus-entry': 1.25 },
      'Remote Bolus Entry: 1.25 U'
    ],
    ['largest bolus', { eventType: 'Remote Bolus Entry', remoteBolus: '30' }, { 'bolus-entry': 30 }, 'Remote Bolus Entry: 30 U'],
    [
      'carbs',
      {
        eventType: 'Remote Carbs Entry',
        remoteCarbs: '20.0',
        remoteAbsorption: '4.5',
        otp: '123456',
        created_at: '2026-11-22T12:00:00.000Z'
      },
      { 'carbs-entry': 20, 'absorption-time': 4.5, otp: '123456', 'start-time': '2026-11-22T12:00:00.000Z' },
      'Remote Carbs Entry: 20 grams\nAbsorption Time: 4.5 hours'
    ],
    [
      'carbs as usual',
      { eventType: 'Remote Carbs Entry', remoteCarbs: '500', remoteAbsorption: '0' },
      { 'carbs-entry': 500, 'absorption-time': 3 },
      'Remote Carbs Entry: 500 grams\nAbsorption Time: 3 hours'
    ]
  ])('payload: %s', async (_, body, fields, alert) => {
    expect(await command(body)).toMatchObject({ status: 200, text: 'OK' });
    const { 'sent-at': sentAt, expiration, ...payload } = apple.pushes[0]!.payload;
    expect(payload).toEqual({
      aps: { alert, 'content-available': 1, 'interruption-level': 'time-sensitive' },
      'remote-address': '127.0.0.1',
      ...fields
    });
    expect([sentAt, expiration].every((time) => !Number.isNaN(Date.parse(time)))).toBe(true);
  });

  it('goes to the phone of the newest profile, as soon as that is stored', async () => {
    const site = await startOther();
    await profile(site, { startDate: new Date(clock.now - 7_200_000).toISOString(), loopSettings: LOOP_SETTINGS });
    await profile(site, {
      startDate: new Date(clock.now - 3_600_000).toISOString(),
      loopSettings: { deviceToken: 'new/../phone', bundleIdentifier: 'org.example.loop' }
    });
    await command(CANCEL, { site });
    expect(apple.pushes[0]!.headers).toMatchObject({ ':path': '/3/device/new%2F..%2Fphone', 'apns-topic': 'org.example.loop' });
  });
});

describe('failures, in the order they are looked for', () => {
  const NOTHING = { eventType: 'Nonsense' };
  it.each([
    [
      'no settings at all',
      { LOOP_APNS_KEY: '', LOOP_APNS_KEY_ID: '', LOOP_DEVELOPER_TEAM_ID: '', ENABLE: '' },
      undefined,
      'LOOP_APNS_KEY not set.'
    ],
    ['no key', { LOOP_APNS_KEY: '', LOOP_APNS_KEY_ID: '' }, undefined, 'LOOP_APNS_KEY not set.'],
    ['no key id', { LOOP_APNS_KEY_ID: '', LOOP_DEVELOPER_TEAM_ID: '' }, undefined, 'LOOP_APNS_KEY_ID not set.'],
    ['no team', { LOOP_DEVELOPER_TEAM_ID: '' }, undefined, 'LOOP_DEVELOPER_TEAM_ID not set.'],
    ['a team of 9 characters', { LOOP_DEVELOPER_TEAM_ID: 'ABCDE1234' }, undefined, 'LOOP_DEVELOPER_TEAM_ID not set.'],
    ['no profile', {}, undefined, 'Could not find loopSettings in profile.'],
    ['a profile of another app', {}, {}, 'Could not find loopSettings in profile.'],
    ['loopSettings null', {}, { loopSettings: null }, 'Could not find loopSettings in profile.'],
    ['no token', {}, { loopSettings: {} }, 'Could not find deviceToken in loopSettings.'],
    ['a token that is no text', {}, { loopSettings: { deviceToken: { a: 1 } } }, 'Could not find deviceToken in loopSettings.'],
    ['no bundle', {}, { loopSettings: { deviceToken: 'a' } }, 'Could not find bundleIdentifier in loopSettings.'],
    ['everything but a command', {}, { loopSettings: LOOP_SETTINGS }, 'Unhandled event type:']
  ])('%s', async (_, env, stored, text) => {
    const site = await startOther(env);
    if (stored) await profile(site, { startDate: new Date(clock.now - 60_000).toISOString(), ...stored });
    expect(await command(NOTHING, { site })).toEqual(failed(`Loop notification failed: ${text}`));
    expect(apple.pushes).toEqual([]);
  });

  const BOLUS = 'Loop remote bolus failed. Incorrect bolus entry: ';
  const CARBS = 'Loop remote carbs failed. Incorrect carbs entry: ';
  const bolus = (remoteBolus: unknown) => ({ eventType: 'Remote Bolus Entry', remoteBolus });
  const carbs = (remoteCarbs: unknown, more: object = {}) => ({ eventType: 'Remote Carbs Entry', remoteCarbs, ...more });
  const WRONG = [
    undefined,
    null,
    '',
    '0',
    '-1',
    -1,
    'abc',
    '0,5',
    '1,5',
    '1.5U',
    '1e1',
    '0x10',
    'Infinity',
    'NaN',
    '1.2.3',
    [1],
    { a: 1 },
    true
  ];
  const UNKNOWN = 'Loop notification failed: Unhandled event type:';

  it.each<[unknown, string]>([
    ...WRONG.map((value): [unknown, string] => [bolus(value), BOLUS]),
    ...WRONG.map((value): [unknown, string] => [carbs(value), CARBS]),
    [bolus('30.05'), 'Loop remote bolus failed. More than LOOP_MAX_REMOTE_BOLUS (30 U) is not passed on.'],
    [carbs('501'), 'Loop remote carbs failed. More than LOOP_MAX_REMOTE_CARBS (500 g) is not passed on.'],
    [carbs('20', { remoteAbsorption: '3,5' }), 'Loop remote carbs failed. Incorrect absorption time: '],
    [carbs('20', { created_at: 'yesterday' }), 'Loop remote carbs failed. Incorrect start time: '],
    [{ eventType: 'Temporary Override', duration: '60' }, 'Loop override failed. The override has no name (reason).'],
    [{ eventType: 'Temporary Override', reason: 'a', duration: '60,0' }, 'Loop override failed. Incorrect duration: '],
    [{ eventType: 'Temporary Override', reason: 'a', duration: '0.5' }, 'Loop override failed. Incorrect duration: '],
    [{ eventType: 'Temporary Override', reason: 'a', duration: '-5' }, 'Loop override failed. Incorrect duration: '],
    [{}, UNKNOWN],
    [[], UNKNOWN],
    [{ eventType: 'constructor' }, UNKNOWN],
    [{ eventType: ['Remote Bolus Entry'], remoteBolus: '1' }, UNKNOWN]
  ])('%j is not passed on', async (body, text) => {
    expect(await command(body)).toEqual(failed(text));
    expect(apple.pushes).toEqual([]);
  });

  it('limits can be set', async () => {
    const site = await startOther({ LOOP_MAX_REMOTE_BOLUS: '2,5', LOOP_MAX_REMOTE_CARBS: '0' });
    await profile(site, { startDate: new Date(clock.now - 60_000).toISOString(), loopSettings: LOOP_SETTINGS });
    expect((await command(bolus('2.5'), { site })).status).toBe(200);
    expect(await command(bolus('2.55'), { site })).toEqual(
      failed('Loop remote bolus failed. More than LOOP_MAX_REMOTE_BOLUS (2.5 U) is not passed on.')
    );
    expect((await command(carbs('1'), { site })).status).toBe(500);
    expect(apple.pushes).toHaveLength(1);
  });

  it('a limit that cannot be read stops the start: no limit would be worse', () => {
    for (const limit of ['5 U', '-1', '1e9', 'none'])
      expect(() => readConfig({ LOOP_MAX_REMOTE_BOLUS: limit })).toThrow(/LOOP_MAX_REMOTE_BOLUS/);
  });
});

describe('Apple says no', () => {
  it.each([
    [400, '{"reason":"BadDeviceToken"}', 'BadDeviceToken'],
    [403, '{"reason":"InvalidProviderToken"}', 'InvalidProviderToken'],
    [410, '{"reason":"Unregistered","timestamp":1}', 'Unregistered'],
    [503, '', 'HTTP 503'],
    [500, '<html>', 'HTTP 500'],
    [400, '{"reason":"<script>"}', 'HTTP 400']
  ])('%d %s', async (status, answer, reason) => {
    Object.assign(apple, { status, answer });
    expect(await command(CANCEL)).toEqual(failed(`APNs delivery failed: ${reason}`));
    expect(apple.pushes).toHaveLength(1);
  });

  it('cannot be reached', async () => {
    const site = await startOther({ APNS_URL: 'http://127.0.0.1:1' });
    await profile(site, { startDate: new Date(clock.now - 60_000).toISOString(), loopSettings: LOOP_SETTINGS });
    expect(await command(CANCEL, { site })).toEqual(failed('APNs delivery failed: no connection, ECONNREFUSED'));
  });

  it('a key that is none', async () => {
    const site = await startOther({ LOOP_APNS_KEY: 'not a key' });
    await profile(site, { startDate: new Date(clock.now - 60_000).toISOString(), loopSettings: LOOP_SETTINGS });
    expect(await command(CANCEL, { site })).toEqual(failed('APNs delivery failed: LOOP_APNS_KEY is not a readable key'));
  });

  const push = { deviceToken: 'a', topic: 'b', payload: {}, expiration: 0 };
  const service = (over: object = {}, { now = () => clock.now, timeoutMs = 30_000 } = {}) =>
    createApplePushService(
      { ...readConfig({ ...CREDENTIALS, APNS_URL: apple.url() }).integrations.loopPush, ...over },
      { now, timeoutMs }
    );

  it('keeps silent: the attempt ends, is not repeated, and the text warns that it may have arrived', async () => {
    apple.silent = true;
    await expect(service({}, { timeoutMs: 1000 }).send(push)).rejects.toThrow(
      'no answer in time; the command may have arrived all the same'
    );
    expect(apple.pushes).toHaveLength(1);
  });

  it('a bundle id that is no header value is refused', async () => {
    await expect(service().send({ ...push, topic: 'a\nb' })).rejects.toBeInstanceOf(PushRefused);
    expect(apple.pushes).toEqual([]);
  });

  it.each([
    ['\\n instead of line breaks', PEM.replaceAll('\n', '\\n')],
    ['spaces instead of line breaks', PEM.replaceAll('\n', ' ')],
    ['the middle only', PEM.replace(/-----[A-Z ]+-----/g, '').replaceAll('\n', '')]
  ])('the key may have %s', async (_, apnsKey) => {
    await service({ apnsKey }).send(push);
    expect(apple.pushes).toHaveLength(1);
  });

  it('one token serves for 40 minutes', async () => {
    const time = { now: clock.now };
    const one = service({}, { now: () => time.now });
    for (const minutes of [0, 39, 2]) {
      time.now += minutes * 60_000;
      await one.send(push);
    }
    const tokens = apple.pushes.map(({ headers }) => headers.authorization);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });
});

describe('settings', () => {
  const loopPush = (env: Record<string, string>) => readConfig(env).integrations.loopPush;

  it.each([
    ['production', 'https://api.push.apple.com'],
    ['development', 'https://api.sandbox.push.apple.com'],
    ['', 'https://api.sandbox.push.apple.com']
  ])('LOOP_PUSH_SERVER_ENVIRONMENT=%s', (environment, url) => {
    expect(loopPush({ ENABLE: 'loop', LOOP_PUSH_SERVER_ENVIRONMENT: environment }).url).toBe(url);
  });

  it('act without ENABLE=loop, which only shows a pill, and not with DISABLE=loop', () => {
    expect(loopPush(CREDENTIALS)).toMatchObject({ apnsKey: PEM.trim(), apnsKeyId: '0123456789', developerTeamId: '12345678E1' });
    expect(readConfig(CREDENTIALS).warnings).toEqual([]);
    expect(loopPush({ ...CREDENTIALS, DISABLE: 'loop' })).toMatchObject({ apnsKey: '', apnsKeyId: '', developerTeamId: '' });
    expect(readConfig({ ...CREDENTIALS, DISABLE: 'loop' }).warnings).toHaveLength(3);
  });
});

describe('who may', () => {
  it('the right notifications:loop:push is needed, 401 without', async () => {
    for (const headers of [{}, { 'api-secret': 'wrong' }]) {
      const { status } = await command(CANCEL, { headers: headers as Record<string, string> });
      expect(status).toBe(401);
    }
    expect(apple.pushes).toEqual([]);
  });

  it('a subject with exactly that right', async () => {
    const { access } = server.services;
    await access.admin.roles.create({ name: 'pusher', permissions: ['notifications:loop:push'] });
    await access.admin.subjects.create({ name: 'Caregiver', roles: ['pusher'] });
    await access.admin.subjects.create({ name: 'Reader', roles: ['readable', 'careportal'] });
    const tokenOf = (name: string) =>
      (access.admin.subjects.list() as { name: string; accessToken: string }[]).find((one) => one.name === name)!.accessToken;
    expect((await command(CANCEL, { headers: { 'api-secret': tokenOf('Reader') } })).status).toBe(401);
    expect(apple.pushes).toEqual([]);
    expect((await command(CANCEL, { headers: { 'api-secret': tokenOf('Caregiver') } })).status).toBe(200);
    expect(apple.pushes).toHaveLength(1);
  });
});
