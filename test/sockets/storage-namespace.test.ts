import { Server } from 'socket.io';
import { io as connectV4 } from 'socket.io-client';
import connectV2 from 'socket.io-client-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remove, upsert } from '../../src/collections/mutations.ts';
import { attachStorageNamespace } from '../../src/sockets/storage-namespace.ts';
import type { CollectionName, Doc } from '../../src/storage/port.ts';
import { bolus, createV3Kit, reading, type V3Kit } from '../v3/v3-kit.ts';

interface Client {
  readonly heard: [event: string, payload: Record<string, unknown>][];
  emit(...args: unknown[]): void;
  subscribe(message: unknown): Promise<unknown>;
  close(): void;
}

let kit: V3Kit;
let io: Server;
let off: () => void;
let clients: Client[];
beforeEach(async () => {
  kit = await createV3Kit();
  io = new Server(kit.server, { allowEIO3: true });
  off = attachStorageNamespace(io, kit.services);
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  off();
  io.engine.close();
  await kit.close();
});

async function connect(version: 2 | 4 = 4): Promise<Client> {
  const options = { transports: ['websocket'], forceNew: true, reconnection: false };
  // one shape for both libraries: what they are asked for here is the same
  const socket = (version === 4 ? connectV4 : (connectV2 as unknown as typeof connectV4))(`${kit.url}/storage`, options);
  const heard: Client['heard'] = [];
  for (const event of ['create', 'update', 'delete']) socket.on(event, (payload) => void heard.push([event, payload]));
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve);
    socket.on('connect_error', reject);
  });
  const client: Client = {
    heard,
    emit: (...args) => void socket.emit(...(args as [string])),
    subscribe: (message) => new Promise((resolve) => socket.emit('subscribe', message, resolve)),
    close: () => void socket.close()
  };
  clients.push(client);
  return client;
}

const ALL = ['devicestatus', 'entries', 'food', 'profile', 'settings', 'treatments'];
const BAD = { success: false, message: 'Missing or bad accessToken' };
const NOTHING = { success: false, message: 'Unauthorized to receive any collection' };
const granted = (...collections: string[]) => ({ success: true, collections });
const overV1 = (collection: CollectionName, ...docs: Doc[]) =>
  kit.services.commit(
    collection,
    'v1',
    docs.map((doc) => upsert(collection, doc, { onMatch: 'replace' }))
  );

describe('subscribe (sockets-v3 §2.1)', () => {
  it.each([
    ['everything', 'all', undefined, granted(...ALL)],
    [
      'AAPS asks for foods, which nobody knows',
      'all',
      ['devicestatus', 'entries', 'profile', 'treatments', 'foods', 'settings'],
      granted('devicestatus', 'entries', 'profile', 'treatments', 'settings')
    ],
    [
      'in the order asked for, repetitions too',
      'all',
      ['settings', 'entries', 'settings'],
      granted('settings', 'entries', 'settings')
    ],
    ['activity has no v3 collection', 'all', ['entries', 'nosuch', 'settings', 'activity'], granted('entries', 'settings')],
    ['elements that are no names', 'all', [5, null, {}, 'food'], granted('food')],
    ['a text instead of a list', 'all', 'treatments', granted(...ALL)],
    ['readers, without settings', 'reads', undefined, granted('devicestatus', 'entries', 'food', 'profile', 'treatments')],
    ['readers and settings', 'reads', ['settings'], NOTHING],
    ['one collection', 'creates', undefined, granted('treatments')],
    ['settings need admin', 'settings', undefined, granted('settings')],
    ['settings: read is not enough', 'settingsRead', ['settings'], NOTHING],
    ['no rights', 'nothing', undefined, NOTHING],
    ['an empty list', 'all', [], NOTHING],
    ['only unknown names', 'all', ['foods'], NOTHING]
  ])('%s', async (_name, who, collections, answer) => {
    const client = await connect();
    expect(await client.subscribe({ accessToken: kit.tokens[who], ...(collections !== undefined && { collections }) })).toEqual(
      answer
    );
  });

  it.each([
    [undefined],
    [null],
    [{}],
    ['text'],
    [5],
    [[]],
    [{ accessToken: '' }],
    [{ accessToken: 'wrong-0123456789abcdef' }],
    [{ accessToken: 5 }],
    [{ accessToken: {} }],
    [{ accessToken: { $ne: 1 } }]
  ])('%j is refused, and the socket may try again', async (message) => {
    const client = await connect();
    expect(await client.subscribe(message)).toEqual(BAD);
    expect(await client.subscribe({ accessToken: kit.tokens.all })).toMatchObject({ success: true });
  });

  it('neither a JWT nor the API secret is an access token; a list of tokens is tried', async () => {
    const client = await connect();
    expect(await client.subscribe({ accessToken: kit.jwts.all })).toEqual(BAD);
    expect(await client.subscribe({ accessToken: 'b723e97aa97846eb92d5264f084b2823f57c4aa1' })).toEqual(BAD);
    expect(await client.subscribe({ accessToken: ['nope', kit.tokens.all] })).toMatchObject({ success: true });
  });

  it('malformed frames hurt nobody', async () => {
    const client = await connect();
    for (const args of [
      ['subscribe'],
      ['subscribe', null],
      ['subscribe', 1, 2, 3],
      ['nosuch', {}],
      ['subscribe', { accessToken: kit.tokens.all, collections: { length: 1e9 } }]
    ])
      client.emit(...args);
    expect(await client.subscribe({ accessToken: kit.tokens.all })).toMatchObject({ success: true });
  });

  it('without an acknowledgement the rooms are joined all the same', async () => {
    const client = await connect();
    client.emit('subscribe', { accessToken: kit.tokens.all });
    await expect.poll(() => io.of('/storage').adapter.rooms.get('food')?.size).toBe(1);
  });
});

describe.each([2, 4] as const)('events for a Socket.IO %i client (sockets-v3 §2.3)', (version) => {
  it('POST, the same again, PUT, PATCH, DELETE: heard once each, in this order, as v3 shows them', async () => {
    const client = await connect(version);
    await client.subscribe({ accessToken: kit.tokens.reads });
    const sent = bolus({ identifier: 'sock1', eventType: 'Temp Basal', duration: 30, absolute: 1 });
    await kit.post('/treatments', sent).expect(201);
    await kit.post('/treatments', { ...sent, absolute: 2 }).expect(200);
    await kit.put('/treatments/sock1', { ...sent, duration: 20 }).expect(200);
    await kit.patch('/treatments/sock1', { absolute: 3 }).expect(200);
    const shown = (await kit.get('/treatments/sock1')).body.result;
    await kit.delete('/treatments/sock1').expect(200);
    await expect.poll(() => client.heard.length).toBe(5);
    expect(client.heard.map(([event]) => event)).toEqual(['create', 'update', 'update', 'update', 'delete']);
    expect(client.heard[3]![1]).toEqual({ colName: 'treatments', doc: shown });
    expect(client.heard[4]![1]).toEqual({ colName: 'treatments', identifier: 'sock1' });
    for (const [, { doc }] of client.heard.slice(0, 4)) {
      expect(Number.isInteger((doc as Doc).srvModified)).toBe(true);
      expect(doc).not.toHaveProperty('_id');
    }
  });
});

describe('who hears what', () => {
  it('writes of every door (D1), with identifier and srvModified, ascending', async () => {
    const client = await connect();
    await client.subscribe({ accessToken: kit.tokens.all });
    const outcomes = await overV1('entries', ...[1, 2, 3].map((n) => ({ type: 'sgv', sgv: n, date: 1_707_552_000_000 + n })));
    const _id = outcomes[0]!.doc!._id;
    await kit.services.commit('entries', 'v1', [remove(_id)]);
    await expect.poll(() => client.heard.length).toBe(4);
    const times = client.heard.slice(0, 3).map(([, { doc }]) => Number((doc as Doc).srvModified));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(client.heard[0]).toEqual([
      'create',
      { colName: 'entries', doc: expect.objectContaining({ identifier: _id, sgv: 1 }) }
    ]);
    expect(client.heard[3]).toEqual(['delete', { colName: 'entries', identifier: _id }]);
  });

  it('nothing without a subscription, nothing of other collections, nothing of activity, nothing of refused writes', async () => {
    const [stranger, eater, everybody] = [await connect(), await connect(), await connect()];
    await eater.subscribe({ accessToken: kit.tokens.all, collections: ['food'] });
    await everybody.subscribe({ accessToken: kit.tokens.all });
    await kit.post('/entries', reading({ app: '' })).expect(400);
    await kit.delete('/entries/nosuch').expect(404);
    await overV1('activity', { created_at: '2024-02-10T08:00:00.000Z', steps: 1 });
    await kit.post('/entries', reading({ identifier: 'e' })).expect(201);
    await kit.post('/food', bolus({ identifier: 'f' })).expect(201);
    await expect.poll(() => everybody.heard.map(([, { doc }]) => (doc as Doc).identifier)).toEqual(['e', 'f']);
    expect(eater.heard.map(([, { colName }]) => colName)).toEqual(['food']);
    expect(stranger.heard).toEqual([]);
  });

  it('a subject whose rights are taken away hears no more; another subscription on the same socket goes on', async () => {
    const { admin } = kit.services.access;
    const [leaving, both] = [await connect(), await connect()];
    await leaving.subscribe({ accessToken: kit.tokens.reads });
    await both.subscribe({ accessToken: kit.tokens.reads });
    await both.subscribe({ accessToken: kit.tokens.creates });
    const subject = admin.subjects.list().find(({ name }) => name === 'reads')!;
    await admin.subjects.remove(subject._id);
    const rooms = io.of('/storage').adapter.rooms;
    await expect.poll(() => rooms.get('food')?.size ?? 0).toBe(0);
    expect(rooms.get('treatments')?.size).toBe(1);
    await kit.post('/treatments', bolus({ identifier: 'after' })).expect(201);
    await expect.poll(() => both.heard.length).toBe(1);
    expect(leaving.heard).toEqual([]);
  });
});
