import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventMap } from '../../src/bus/events.ts';
import { type BareServer, bareServer, type Client, SECRET_SHA1 } from './bare-server.ts';

const MINUTE = 60_000;
const SUBSCRIBED = { success: true, message: 'Subscribed for alarms' };
const BAD = { success: false, message: 'Missing or bad accessToken' };
const with_ = (read: boolean, ack: boolean) => ({ ...SUBSCRIBED, read, ack });

const plugin = { name: 'simplealarms', label: 'Simple Alarms', pluginType: 'notification', enabled: true } as const;
const URGENT = {
  level: 2,
  title: 'Urgent HIGH',
  message: 'BG Now: 300',
  plugin,
  group: 'default',
  key: 'simplealarms_2'
} as const;

let server: BareServer;
let acks: EventMap['alarm-ack'][];
afterEach(() => server.close());

async function start(env: Record<string, string> = {}): Promise<void> {
  server = await bareServer(env);
  acks = [];
  server.services.bus.subscribe('alarm-ack', 'test', (ack) => void acks.push(ack));
}

/** Access token of a new subject with a new role of these permissions. */
async function tokenOf(name: string, ...permissions: string[]): Promise<string> {
  const { roles, subjects } = server.services.access.admin;
  await roles.create({ name, permissions });
  await subjects.create({ name, roles: [name] });
  return subjects.list().find((subject) => subject.name === name)!.accessToken;
}
const jwtOf = async (token: string) => (await server.services.access.request(token, '127.0.0.1'))!.token;
const alarmClient = (version: 2 | 4 = 4): Promise<Client> => server.client({ version, namespace: '/alarm' });
async function subscriber(message: unknown, version?: 2 | 4): Promise<Client> {
  const client = await alarmClient(version);
  await client.ask('subscribe', message);
  return client;
}
const tell = (): void => server.services.bus.publish('notification', { event: 'urgent_alarm', message: URGENT, at: Date.now() });
/** Everything sent to this client so far has come, and everything it sent was handled. */
const settled = (client: Client) => client.ask('subscribe', { accessToken: 'flush' });
const alarmsOf = (client: Client) => client.heard.filter(([event]) => event === 'urgent_alarm');

describe('subscribe (sockets-v3 §3.1)', () => {
  beforeEach(() => start());

  it.each<[string, (tokens: { reader: string }) => unknown, object]>([
    ['A: an access token of a reader (AAPS)', ({ reader }) => ({ accessToken: reader }), SUBSCRIBED],
    ['A: one of a list', ({ reader }) => ({ accessToken: ['wrong-0000000000000000', reader] }), SUBSCRIBED],
    ['A: an unknown token', () => ({ accessToken: 'wrong' }), BAD],
    ['A: a number', () => ({ accessToken: 5 }), BAD],
    ['A: an object', () => ({ accessToken: { $gt: '' } }), BAD],
    ['B: the API secret', () => ({ secret: SECRET_SHA1 }), with_(true, true)],
    ['B: the secret in clear', () => ({ secret: 'a-secret-for-tests-1' }), BAD],
    ['B: an access token as secret', ({ reader }) => ({ secret: reader }), with_(true, false)],
    ['B: a wrong secret', () => ({ secret: 'wrong' }), BAD],
    ['B: a wrong JWT', () => ({ jwtToken: 'x.y.z' }), BAD],
    ['B: a secret that is no text', () => ({ secret: { length: 40 } }), BAD],
    ['B: nothing, on a closed site', () => ({}), with_(false, false)],
    ['B: nulls count as nothing (web page)', () => ({ secret: null, jwtToken: null }), with_(false, false)],
    ['no object: null', () => null, with_(false, false)],
    ['no object: text', () => 'subscribe', with_(false, false)],
    ['no object: a list', () => [{ secret: 'x' }], with_(false, false)]
  ])('%s', async (_name, messageOf, answer) => {
    const tokens = { reader: await tokenOf('reader', '*:*:read') };
    const client = await alarmClient();
    expect(await client.ask('subscribe', messageOf(tokens))).toEqual(answer);
  });

  it.each<[string, string[], object]>([
    ['a reader', ['*:*:read'], with_(true, false)],
    ['who may acknowledge by name', ['notifications:*:ack'], with_(false, true)],
    ['who may enter treatments (D15)', ['*:*:read', 'api:treatments:create'], with_(true, true)],
    ['nothing', [], with_(false, false)]
  ])('B: a JWT of %s', async (_name, permissions, answer) => {
    const jwtToken = await jwtOf(await tokenOf('subject', ...permissions));
    const client = await alarmClient(2);
    expect(await client.ask('subscribe', { jwtToken })).toEqual(answer);
    expect(await client.ask('subscribe', { accessToken: jwtToken })).toEqual(BAD);
  });
});

describe('subscribe without credentials', () => {
  it('is anonymous on a readable site', async () => {
    await start({ AUTH_DEFAULT_ROLES: 'readable' });
    const client = await alarmClient();
    expect(await client.ask('subscribe')).toEqual(with_(true, false));
  });

  it('is refused where the site wants people to log in', async () => {
    await start({ AUTH_DEFAULT_ROLES: 'readable', AUTHENTICATION_PROMPT_ON_LOAD: 'true' });
    const client = await alarmClient();
    expect(await client.ask('subscribe', {})).toEqual(BAD);
    expect(await client.ask('subscribe', { secret: SECRET_SHA1 })).toEqual(with_(true, true));
  });
});

describe('delivery (D15, sockets-v3 §3.2)', () => {
  beforeEach(() => start());

  it.each([2, 4] as const)('reaches who subscribed and may read, once, whole, with client %i', async (version) => {
    const client = await subscriber({ secret: SECRET_SHA1 }, version);
    await client.ask('subscribe', { secret: SECRET_SHA1 });
    tell();
    expect(await client.next('urgent_alarm')).toEqual(URGENT);
    await settled(client);
    expect(alarmsOf(client)).toHaveLength(1);
  });

  it('reaches nobody who did not subscribe, was refused, or may not read', async () => {
    const deaf = await Promise.all([
      alarmClient(),
      subscriber({ secret: 'wrong' }),
      subscriber({}),
      subscriber({ accessToken: await tokenOf('acker', 'notifications:*:ack') }),
      subscriber({ accessToken: await tokenOf('uploader', 'api:entries:create,read') })
    ]);
    const hears = await Promise.all([
      subscriber({ accessToken: await tokenOf('reader', '*:*:read') }),
      // a role that names what AAPS reads one by one
      subscriber({ accessToken: await tokenOf('aaps', 'api:entries:read', 'api:treatments:read') })
    ]);
    tell();
    for (const client of hears) await client.next('urgent_alarm');
    for (const client of deaf) {
      await settled(client);
      expect(alarmsOf(client)).toEqual([]);
    }
  });

  it('nothing is replayed to who comes later', async () => {
    tell();
    const client = await subscriber({ secret: SECRET_SHA1 });
    await settled(client);
    expect(alarmsOf(client)).toEqual([]);
  });

  it('ends with the right to read, and comes back with it', async () => {
    const token = await tokenOf('reader', '*:*:read');
    const { roles } = server.services.access.admin;
    const role = roles.list().find(({ name }) => name === 'reader')!;
    const client = await subscriber({ accessToken: token });
    await roles.update({ ...role, permissions: [] });
    tell();
    await settled(client);
    expect(alarmsOf(client)).toEqual([]);
    await roles.update({ ...role, permissions: ['*:*:read'] });
    tell();
    await client.next('urgent_alarm');
  });

  it('is repeated on the root namespace to readers (D20: v1 client of AAPS)', async () => {
    const [reader, stranger] = [await server.reader(), await server.client()];
    tell();
    expect(await reader.next('urgent_alarm')).toEqual(URGENT);
    await stranger.ask('loadRetro', {});
    expect(alarmsOf(stranger)).toEqual([]);
  });
});

describe('ack (D15, sockets-v3 §3.4)', () => {
  beforeEach(() => start());

  it.each<[string, string[], boolean]>([
    ['who may by name', ['notifications:*:ack'], true],
    ['a caregiver', ['*:*:read', 'api:treatments:create'], true],
    ['not a reader', ['*:*:read'], false],
    ['nobody without rights', [], false]
  ])('with an access token: %s', async (_name, permissions, may) => {
    const client = await subscriber({ accessToken: await tokenOf('subject', ...permissions) });
    client.socket.emit('ack', 2, 'default', 600_000);
    await settled(client);
    expect(acks).toEqual(may ? [{ level: 2, group: 'default', silenceMs: 600_000 }] : []);
  });

  it('is ignored before subscribing, and after the right is gone', async () => {
    const token = await tokenOf('acker', 'notifications:*:ack');
    const client = await alarmClient();
    client.socket.emit('ack', 2, 'default', 1000);
    await client.ask('subscribe', { accessToken: token });
    expect(acks).toEqual([]);
    const { subjects } = server.services.access.admin;
    await subjects.remove(subjects.list()[0]!._id);
    client.socket.emit('ack', 2, 'default', 1000);
    await settled(client);
    expect(acks).toEqual([]);
  });

  it('sent right behind subscribe counts; several subscribes do not multiply it', async () => {
    const client = await alarmClient(2);
    for (let i = 0; i < 3; i += 1) client.socket.emit('subscribe', { secret: SECRET_SHA1 });
    client.socket.emit('ack', 1, 'Pump', 1000);
    await settled(client);
    expect(acks).toEqual([{ level: 1, group: 'Pump', silenceMs: 1000 }]);
  });

  it('also on the root namespace', async () => {
    const reader = await server.reader();
    reader.socket.emit('ack', 2, 'default');
    await reader.ask('loadRetro', {});
    expect(acks).toEqual([{ level: 2, group: 'default', silenceMs: 30 * MINUTE }]);
  });

  it.each<[string, unknown[], EventMap['alarm-ack'] | undefined]>([
    ['no arguments', [], undefined],
    ['no level', [null, 'default', 1000], undefined],
    ['a list as level', [[2], 'default', 1000], undefined],
    ['not a number', ['loud', 'default', 1000], undefined],
    ['a level as text', ['2', 'default', 1000], { level: 2, group: 'default', silenceMs: 1000 }],
    ['only a level', [1], { level: 1, group: 'default', silenceMs: 30 * MINUTE }],
    ['a group that is no text', [1, { a: 1 }, 1000], { level: 1, group: 'default', silenceMs: 1000 }],
    ['no time', [1, 'Pump', null], { level: 1, group: 'Pump', silenceMs: 30 * MINUTE }],
    ['a negative time', [1, 'Pump', -5], { level: 1, group: 'Pump', silenceMs: 30 * MINUTE }],
    ['a time as object', [1, 'Pump', { valueOf: 1 }], { level: 1, group: 'Pump', silenceMs: 30 * MINUTE }],
    ['for years', [1, 'Pump', 1e15], { level: 1, group: 'Pump', silenceMs: 24 * 60 * MINUTE }]
  ])('%s', async (_name, args, expected) => {
    const client = await subscriber({ secret: SECRET_SHA1 });
    client.socket.emit('ack', ...args);
    await settled(client);
    expect(acks).toEqual(expected ? [expected] : []);
  });

  it('is never answered, also with a callback', async () => {
    const client = await subscriber({ secret: SECRET_SHA1 });
    let answered = false;
    client.socket.emit('ack', 1, 'default', 1000, () => {
      answered = true;
    });
    await settled(client);
    expect(acks).toHaveLength(1);
    expect(answered).toBe(false);
  });

  it('a flood of frames is cut, the socket stays', async () => {
    const client = await subscriber({ secret: SECRET_SHA1 });
    for (let i = 0; i < 100; i += 1) client.socket.emit('ack', 1, `group ${i}`, 1000);
    expect(await client.ask('subscribe', {})).toMatchObject({ success: false, retryAfter: expect.any(Number) });
    expect(acks.length).toBeLessThan(25);
    expect(client.socket.connected).toBe(true);
  });
});
