import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import { API_SECRET, type BareServer, bareServer, SECRET_SHA1 } from './bare-server.ts';

// socket-v1.md §2–5; AndroidAPS v1, LoopFollow, ioBroker and the web page come in here (clients.md §5, §11, §15)

const ALL = { read: true, write: true, write_treatment: true };
const READ = { read: true, write: false, write_treatment: false };
let server: BareServer;
const tokens: Record<string, string> = {};
const jwts: Record<string, string> = {};

beforeAll(async () => {
  server = await bareServer({ AUTH_DEFAULT_ROLES: 'denied' });
  const { subjects } = server.services.access.admin;
  for (const [name, roles] of Object.entries({
    reader: ['readable'],
    writer: ['admin'],
    portal: ['careportal', 'readable'],
    nothing: []
  }))
    await subjects.create({ name, roles });
  for (const { name, accessToken } of subjects.list()) {
    tokens[name] = accessToken;
    jwts[name] = (await server.services.access.request(accessToken, '127.0.0.1'))!.token;
  }
  await server.services.commit('entries', 'v1', [
    { lookups: [], decide: () => ({ do: 'store', doc: { type: 'sgv', sgv: 100, date: Date.now() } }) }
  ]);
});
afterAll(() => server.close());

describe.each([4, 2] as const)('authorize, client version %i', (version) => {
  it.each([
    ['SHA-1', () => ({ secret: SECRET_SHA1 }), ALL],
    ['SHA-1, upper case', () => ({ secret: SECRET_SHA1.toUpperCase() }), ALL],
    ['SHA-512', () => ({ secret: createHash('sha512').update(API_SECRET).digest('hex') }), ALL],
    ['access token as secret (LoopFollow)', () => ({ secret: tokens.reader }), READ],
    ['SHA-1 of an access token', () => ({ secret: createHash('sha1').update(tokens.writer!).digest('hex') }), ALL],
    ['JWT', () => ({ token: jwts.reader }), READ],
    ['careportal may not write over the socket', () => ({ token: jwts.portal, history: 1 }), READ]
  ])('%s', async (_name, message, rights) => {
    const client = await server.client({ version });
    expect(await client.ask('authorize', { client: 'test', ...message() })).toEqual(rights);
    expect(client.heard.map(([event]) => event).filter((event) => event !== 'clients')).toEqual(['connected', 'dataUpdate']);
  });

  it.each([
    ['no rights', () => ({ token: jwts.nothing })],
    ['nobody, on a closed site', () => ({})],
    ['the word null', () => ({ secret: 'null' })]
  ])('%s: no data', async (_name, message) => {
    const client = await server.client({ version });
    expect(await client.ask('authorize', { client: 'test', ...message() })).toEqual({
      read: false,
      write: false,
      write_treatment: false
    });
    expect(client.heard.map(([event]) => event).filter((event) => event !== 'clients')).toEqual(['connected']);
  });

  it.each([
    ['wrong secret', () => ({ secret: 'wrong' })],
    ['plain secret', () => ({ secret: API_SECRET })],
    ['access token as token', () => ({ token: tokens.reader })],
    ['a number as secret', () => ({ secret: 5 })],
    ['an object as secret', () => ({ secret: { $ne: null } })],
    ['a list as token', () => ({ token: [jwts.reader] })]
  ])('%s: no answer, and the end', async (_name, message) => {
    const client = await server.client({ version });
    let answered = false;
    client.socket.emit('authorize', { client: 'test', ...message() }, () => {
      answered = true;
    });
    expect(await client.next('disconnect')).toBe('io server disconnect');
    expect(answered).toBe(false);
    expect(client.heard.some(([event]) => event === 'connected' || event === 'dataUpdate')).toBe(false);
  });
});

it('works over polling, without an acknowledgement, and again on the same socket', async () => {
  const client = await server.client({ transports: ['polling'] });
  client.socket.emit('authorize', { client: 'LoopFollow', history: 1, secret: tokens.reader });
  await client.next('connected');
  await client.next('dataUpdate');
  expect(await client.ask('authorize', { client: 'web', secret: SECRET_SHA1 })).toEqual(ALL);
  await client.next('connected');
  await client.next('dataUpdate');
});

it.each([4, 2] as const)('starts with polling and moves to a websocket, client version %i', async (version) => {
  const client = await server.client({ version, transports: ['polling', 'websocket'] });
  const engine = client.socket.io.engine as unknown as {
    once(event: string, listener: () => void): void;
    transport: { name: string };
  };
  if (engine.transport.name !== 'websocket') await new Promise<void>((resolve) => engine.once('upgrade', resolve));
  expect(await client.ask('authorize', { secret: SECRET_SHA1 })).toEqual(ALL);
  expect(engine.transport.name).toBe('websocket');
});

it('a socket that asks for everything over and over is told to wait, and is let in later', async () => {
  const client = await server.client();
  const answers = await Promise.all(Array.from({ length: 25 }, () => client.ask('loadRetro', {})));
  expect(answers.slice(0, 20)).toEqual(Array(20).fill({ result: 'success' }));
  expect(answers[24]).toEqual({ result: 'Too many requests', retryAfter: 1 });
});

it('the full packet has just these members, in this order; status on request only', async () => {
  const names = ['devicestatus', 'sgvs', 'cals', 'profiles', 'mbgs', 'food', 'treatments', 'dbstats'];
  const client = await server.client();
  await client.ask('authorize', { secret: SECRET_SHA1 });
  const plain = await client.next('dataUpdate');
  expect(Object.keys(plain)).toEqual(names);
  expect(plain.sgvs).toEqual([{ _id: expect.any(String), mgdl: 100, mills: expect.any(Number), type: 'sgv' }]);
  await client.ask('authorize', { secret: SECRET_SHA1, status: true });
  const full = await client.next('dataUpdate');
  expect(Object.keys(full)).toEqual([...names, 'status']);
  // AndroidAPS asks its user to upgrade below 150000
  expect(full.status).toMatchObject({ status: 'ok', name: 'nightscout', versionNum: 150007 });
});

it('counts the watchers, and tells everybody', async () => {
  const other = await bareServer();
  const one = await other.client();
  expect(await one.next<number>('clients')).toBe(1);
  const two = await other.client({ version: 2 });
  expect(await one.next<number>('clients')).toBe(2);
  expect(await two.next<number>('clients')).toBe(2);
  two.socket.close();
  expect(await one.next<number>('clients')).toBe(1);
  await other.close();
});

describe('rights are looked up at each use', () => {
  let subject: Doc;
  let token: string;
  beforeEach(async () => {
    const { subjects } = server.services.access.admin;
    subject = await subjects.create({ name: 'passing', roles: ['admin'] });
    token = subjects.list().find(({ _id }) => _id === subject._id)!.accessToken;
  });

  it('a subject deleted meanwhile reads and writes no more', async () => {
    const client = await server.reader({ secret: token });
    const witness = await server.reader();
    await server.services.access.admin.subjects.remove(subject._id!);
    expect(await client.ask('dbAdd', { collection: 'treatments', data: { eventType: 'Note' } })).toEqual({
      result: 'Not permitted'
    });
    await witness.ask('dbAdd', { collection: 'treatments', data: { eventType: 'Note', notes: 'later' } });
    await witness.next('dataUpdate');
    expect(await client.ask('loadRetro', {})).toEqual({ result: 'success' });
    expect(await client.next('retroUpdate')).toEqual({ devicestatus: [] });
    expect(client.heard.filter(([event]) => event === 'dataUpdate')).toHaveLength(1);
  });

  it('who authorises again with less hears no more', async () => {
    const client = await server.reader({ secret: token });
    await client.ask('authorize', { client: 'test' });
    const witness = await server.reader();
    await witness.ask('dbAdd', { collection: 'treatments', data: { eventType: 'Note', notes: 'less' } });
    await witness.next('dataUpdate');
    await client.ask('loadRetro');
    expect(client.heard.filter(([event]) => event === 'dataUpdate')).toHaveLength(1);
  });
});

it('who comes before the first load gets everything when it is there', async () => {
  let release!: () => void;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = await bareServer(
    {},
    {
      waitForLive: false,
      wrap: (storage) => ({
        ...storage,
        find: async function* (name, query) {
          await held;
          yield* storage.find(name, query);
        }
      })
    }
  );
  const [plain, asked] = [await slow.client(), await slow.client({ version: 2 })];
  expect(await plain.ask('authorize', { secret: SECRET_SHA1 })).toEqual(ALL);
  await asked.ask('authorize', { secret: SECRET_SHA1, status: true });
  expect(plain.heard.some(([event]) => event === 'dataUpdate')).toBe(false);
  release();
  expect(await plain.next('dataUpdate')).not.toHaveProperty('status');
  expect(await asked.next('dataUpdate')).toHaveProperty('status');
  await slow.close();
});

it('serves the browser client and both protocols', async () => {
  const script = await fetch(`${server.url}/socket.io/socket.io.js`);
  expect(script.headers.get('content-type')).toContain('javascript');
  const body = await (await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).text();
  expect(JSON.parse(body.slice(1))).toMatchObject({
    upgrades: ['websocket'],
    pingInterval: 25000,
    pingTimeout: 20000,
    maxPayload: 1000000
  });
  expect(await (await fetch(`${server.url}/socket.io/?EIO=3&transport=polling`)).text()).toMatch(/^\d+:0\{"sid"/);
  const bad = await fetch(`${server.url}/socket.io/?EIO=4&transport=nope`);
  expect([bad.status, await bad.json()]).toEqual([400, { code: 0, message: 'Transport unknown' }]);
});
