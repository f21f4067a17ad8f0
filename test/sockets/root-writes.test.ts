import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import type { Doc } from '../../src/storage/port.ts';
import { type BareServer, bareServer, type Client, SECRET_SHA1 } from './bare-server.ts';

// socket-v1.md §8; D3, D9, D17; AndroidAPS v1 reads these answers word by word (clients.md §5)

const MIN = 60_000;
const SECOND = 1000;
let server: BareServer;
let admin: Client;
let start: number;
const tokens: Record<string, string> = {};
const iso = (offset: number) => new Date(start + offset).toISOString();
const stored = async (_id: string) => (await server.services.storage.candidates('treatments', [{ _id }]))[0];
const add = (data: unknown, collection = 'treatments') => admin.ask('dbAdd', { collection, data }) as Promise<Doc[]>;

beforeAll(async () => {
  server = await bareServer({ SOCKET_WRITE_BURST: '100000' });
  start = Math.floor(Date.now() / SECOND) * SECOND - 60 * MIN;
  const { subjects, roles } = server.services.access.admin;
  await roles.create({ name: 'doser', permissions: ['api:treatments:create,update,delete'] });
  for (const [name, of] of Object.entries({ reader: ['readable'], doser: ['doser'] })) await subjects.create({ name, roles: of });
  for (const { name, accessToken } of subjects.list()) tokens[name] = accessToken;
  admin = await server.reader();
});
afterAll(() => server.close());

describe('checks, in this order', () => {
  const id = 'aaaaaaaaaaaaaaaaaaaaaaaa';
  it.each<[string, string | undefined, string, unknown, unknown]>([
    ['unknown collection', undefined, 'dbAdd', { collection: 'nope', data: {} }, 'Wrong collection'],
    ['settings', undefined, 'dbAdd', { collection: 'settings', data: {} }, 'Wrong collection'],
    ['a name every object has', undefined, 'dbAdd', { collection: '__proto__', data: {} }, 'Wrong collection'],
    ['stranger', undefined, 'dbAdd', { collection: 'treatments', data: {} }, 'Not authorized'],
    ['stranger without id', undefined, 'dbRemove', { collection: 'treatments' }, 'Not authorized'],
    ['reader', 'reader', 'dbAdd', { collection: 'treatments', data: {} }, 'Not permitted'],
    ['reader without id', 'reader', 'dbUpdate', { collection: 'treatments' }, 'Not permitted'],
    ['treatments only', 'doser', 'dbUpdate', { collection: 'entries', _id: id, data: {} }, 'Not permitted'],
    ['treatments only, treatments', 'doser', 'dbUpdate', { collection: 'treatments', _id: id, data: {} }, 'success'],
    ['no id', 'doser', 'dbUpdate', { collection: 'treatments', data: { x: 1 } }, 'Missing _id'],
    ['no id', 'doser', 'dbUpdateUnset', { collection: 'treatments', data: { x: 1 } }, 'Missing _id'],
    ['no id', 'doser', 'dbRemove', { collection: 'treatments' }, 'Missing _id'],
    ['an object as id', 'doser', 'dbRemove', { collection: 'treatments', _id: { $ne: '' } }, 'Missing _id'],
    ['unknown id', 'doser', 'dbRemove', { collection: 'treatments', _id: id }, 'success'],
    ['unknown id', 'doser', 'dbUpdate', { collection: 'treatments', _id: 'garbage', data: { x: 1 } }, 'success']
  ])('%s (%s) %s', async (_name, who, event, message, result) => {
    const client = await server.client();
    if (who) await client.ask('authorize', { secret: tokens[who] });
    expect(await client.ask(event, message)).toEqual({ result });
    client.socket.close();
  });
});

describe('dbAdd', () => {
  it('answers the stored documents, in order, each with its id', async () => {
    const note = (minutes: number, notes: string) => ({ eventType: 'Note', created_at: iso(minutes * MIN), notes });
    const [one] = await add({ eventType: 'Note', notes: 'hi' });
    expect(one).toMatchObject({
      eventType: 'Note',
      notes: 'hi',
      created_at: expect.stringMatching(/Z$/),
      _id: expect.stringMatching(/^[0-9a-f]{24}$/)
    });
    const many = await add([note(1, 'a1'), note(1, 'a2'), note(2, 'a3')]);
    expect(many.map(({ notes }) => notes)).toEqual(['a1', 'a1', 'a3']);
    expect(await add([])).toEqual([]);
    expect(await add({ eventType: 'Note', created_at: iso(3 * MIN), _id: 'my-own-id' })).toMatchObject([{ _id: 'my-own-id' }]);
  });

  it('a repeat finds what is stored; within two seconds only the time moves', async () => {
    const bolus = (offset: number, insulin: number, more = {}) => ({
      eventType: 'Correction Bolus',
      insulin,
      created_at: iso(10 * MIN + offset),
      ...more
    });
    const [{ _id } = {} as Doc] = await add(bolus(0, 1.5));
    expect(await add(bolus(0, 9))).toMatchObject([{ _id, insulin: 1.5 }]);
    expect(await add(bolus(1500, 1.5))).toMatchObject([{ _id, insulin: 1.5, created_at: iso(10 * MIN + 1500) }]);
    expect((await add(bolus(2000, 1.6)))[0]!._id).not.toBe(_id);
    const own = { NSCLIENT_ID: '1700000000001' };
    const [mine] = await add(bolus(0, 1.5, own));
    expect(mine!._id).not.toBe(_id);
    expect(await add(bolus(MIN, 9, own))).toMatchObject([{ _id: mine!._id, insulin: 1.5 }]);
  });

  it('two boluses a second apart with ids of their own are both kept (D3)', async () => {
    const bolus = (offset: number, NSCLIENT_ID: string) => ({
      eventType: 'Bolus',
      insulin: 1,
      created_at: iso(20 * MIN + offset),
      NSCLIENT_ID
    });
    const [[a], [b]] = [await add(bolus(0, 'a')), await add(bolus(SECOND, 'b'))];
    expect(a!._id).not.toBe(b!._id);
  });

  it.each(['treatments', 'entries', 'devicestatus', 'profile', 'food', 'activity'])('works for %s', async (collection) => {
    const [doc] = await add(
      { type: 'sgv', sgv: 100, date: start, name: 'x', startDate: iso(0), eventType: 'Note', device: 'd' },
      collection
    );
    expect(await server.services.storage.candidates(collection as 'food', [{ _id: doc!._id! }])).toMatchObject([
      { _id: doc!._id }
    ]);
  });

  it.each([
    ['unreadable time', { eventType: 'Note', created_at: 'garbage' }],
    ['null', null],
    ['text', 'x'],
    ['an operator', { $set: { a: 1 } }],
    ['one of a batch is null', [{ eventType: 'Note', created_at: '2026-01-01T00:00:00.000Z', notes: 'never' }, null]],
    ['binary data', { eventType: 'Note', created_at: '2026-01-02T00:00:00.000Z', notes: Buffer.from('never') }]
  ])('%s: an empty list, and nothing stored', async (_name, data) => {
    expect(await add(data)).toEqual([]);
    expect(await server.services.storage.count('treatments', { notes: 'never' })).toBe(0);
    expect(
      await server.services.storage.count('treatments', { created_at: { $in: ['garbage', '2026-01-02T00:00:00.000Z'] } })
    ).toBe(0);
  });

  it.each([
    ['<script>x</script>z', 'z'],
    ['BG < 70 & falling', 'BG < 70 & falling']
  ])('%s is stored as %s (D7)', async (notes, kept) => {
    expect(await add({ eventType: 'Note', created_at: iso(30 * MIN + notes.length * 10_000), notes })).toMatchObject([
      { notes: kept }
    ]);
  });

  it('text of any script survives the old polling protocol', async () => {
    const client = await server.client({ version: 2, transports: ['polling'] });
    await client.ask('authorize', { secret: SECRET_SHA1 });
    const notes = '🩸 Käse 食事 \u2028';
    const [doc] = (await client.ask('dbAdd', {
      collection: 'treatments',
      data: { eventType: 'Note', created_at: iso(35 * MIN), notes }
    })) as Doc[];
    expect(doc).toMatchObject({ notes });
    expect(await stored(doc!._id!)).toMatchObject({ notes });
  });
});

describe('dbUpdate, dbUpdateUnset, dbRemove', () => {
  it('change one document, also by dotted path and upper-case id', async () => {
    const [{ _id } = {} as Doc] = await add({ eventType: 'Note', created_at: iso(40 * MIN), notes: 'a', inner: { x: 1, y: 2 } });
    expect(
      await admin.ask('dbUpdate', {
        collection: 'treatments',
        _id: _id!.toUpperCase(),
        data: { notes: 'b', 'inner.x': 5, _id: 'other' }
      })
    ).toEqual({ result: 'success' });
    expect(await stored(_id!)).toMatchObject({ _id, notes: 'b', inner: { x: 5, y: 2 } });
    await admin.ask('dbUpdateUnset', { collection: 'treatments', _id, data: { notes: 1, 'inner.y': '' } });
    expect(await stored(_id!)).toMatchObject({ inner: { x: 5 } });
    expect(await stored(_id!)).not.toHaveProperty('notes');
    await admin.ask('dbRemove', { collection: 'treatments', _id });
    expect(await stored(_id!)).toBeUndefined();
  });

  it.each([[undefined], [null], ['x'], [5], [[1]], [{ $inc: { x: 1 } }], [{ '__proto__.polluted': 1 }], [{ 'a..b': 1 }], [{}]])(
    'data %j: success, and nothing changed',
    async (data) => {
      const [{ _id, ...before } = {} as Doc] = await add({ eventType: 'Note', created_at: iso(50 * MIN), notes: 'same' });
      for (const event of ['dbUpdate', 'dbUpdateUnset'])
        expect(await admin.ask(event, { collection: 'treatments', _id, data })).toEqual({ result: 'success' });
      expect(await stored(_id!)).toEqual({ _id, ...before });
      expect({}).not.toHaveProperty('polluted');
    }
  );
});

describe('frames of any shape', () => {
  const EVENTS = [
    'authorize',
    'loadRetro',
    'dbAdd',
    'dbUpdate',
    'dbUpdateUnset',
    'dbRemove',
    'ack',
    'nsping',
    'subscribe',
    'error',
    '__proto__',
    'constructor'
  ];
  const SHAPES: unknown[][] = [
    [],
    [null],
    [undefined, null],
    [5],
    ['x'],
    [[]],
    [[[{}]]],
    [{ collection: {} }],
    [{ collection: 'treatments', data: null }, 'no function'],
    [JSON.parse('{"__proto__":{"collection":"treatments"},"secret":null}')],
    [Buffer.from('x')],
    [{ a: Buffer.from('x') }]
  ];

  it.each([2, 4] as const)('never harm, client version %i', async (version) => {
    for (const secret of [undefined, SECRET_SHA1]) {
      const client = await server.client({ version });
      if (secret) await client.ask('authorize', { secret });
      for (const event of EVENTS) for (const shape of SHAPES) client.socket.emit(event, ...shape);
      const fresh = await server.client({ version });
      expect(await fresh.ask('dbAdd', null)).toEqual({ result: 'Wrong collection' });
      expect(await fresh.ask('authorize', null)).toEqual({ result: 'Bad message' });
      client.socket.close();
      fresh.socket.close();
    }
    expect({}).not.toHaveProperty('collection');
  });

  it('a frame nested deeper than any document is refused', async () => {
    let data: unknown = {};
    for (let i = 0; i < 3000; i += 1) data = { data };
    expect(await add({ eventType: 'Note', created_at: iso(0), data })).toEqual([]);
  });
});

it('a database that is away: AAPS is told to try again, and a retry is stored', async () => {
  let away = false;
  const faulty = await bareServer(
    {},
    {
      wrap: (storage) => ({
        ...storage,
        apply: (changes) => (away ? Promise.reject(new Refusal('storage-away')) : storage.apply(changes))
      })
    }
  );
  const client = await faulty.reader();
  away = true;
  const message = { collection: 'treatments', data: { eventType: 'Note', created_at: iso(0) } };
  expect(await client.ask('dbAdd', message)).toEqual({ result: 'Not stored, try again' });
  away = false;
  expect(await client.ask('dbAdd', message)).toMatchObject([{ eventType: 'Note' }]);
  await faulty.close();
});

it('too many writes of one socket are refused, and written later (D17)', async () => {
  let clock = Date.now();
  const limited = await bareServer({ SOCKET_WRITE_BURST: '2', SOCKET_WRITE_RATE: '1' }, { now: () => clock });
  const { socketWrites } = limited.services.config;
  const [one, two] = [await limited.reader(), await limited.reader()];
  const note = (notes: string) => ({
    collection: 'treatments',
    data: { eventType: 'Note', notes, created_at: new Date(clock + notes.length * MIN).toISOString() }
  });
  for (let i = 0; i < socketWrites.burst; i += 1) expect(await one.ask('dbAdd', note('x'.repeat(i + 1)))).toHaveLength(1);
  expect(await one.ask('dbAdd', note('over'))).toEqual({ result: 'Too many requests', retryAfter: 1 });
  expect(await limited.services.storage.count('treatments', { notes: 'over' })).toBe(0);
  expect(await two.ask('dbAdd', note('another socket'))).toHaveLength(1);
  clock += 1000;
  expect(await one.ask('dbAdd', note('over'))).toHaveLength(1);
  await limited.close();
});
