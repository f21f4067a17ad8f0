import { Binary, Decimal128, type Document, Long, type MongoClient, ObjectId } from 'mongodb';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INDEXES } from '../../src/storage/indexes.ts';
import { createMongoStorage } from '../../src/storage/mongo/mongo.ts';
import type { Storage } from '../../src/storage/port.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { NAMES, settingsFor } from './mongo-settings.ts';
import { readAll } from './store-bench.ts';

const OBJECT_ID = '5f4e3d2c1b0a998877665544';
const TEXT_ID = '5f4e3d2c1b0a998877665545';
const raw = (client: MongoClient, name: string) => client.db().collection<Document>(name);

describe.skipIf(!mongoUrl())('MongoDB: a database the reference has filled', () => {
  let storage: Storage;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    database = await freshDatabase();
    await raw(database.client, 'devicestatus').insertMany([
      { _id: new ObjectId(OBJECT_ID), device: 'a', n: 1 },
      // POST /devicestatus of the reference stored a client's id as text
      { _id: TEXT_ID as unknown as ObjectId, device: 'b', n: 2 },
      { _id: 'D6F6B3C2-1A2B-4C3D-8E9F-0A1B2C3D4E5F' as unknown as ObjectId, device: 'c', n: 3 }
    ]);
    // no driver inserts these, but a restored dump may hold them
    for (const [n, _id] of [null, 7, { part: 1, of: 'key' }, new Date(0)].entries()) {
      await raw(database.client, 'devicestatus').updateOne(
        { _id: { $in: [_id] } as never },
        { $set: { device: 'odd', n: 4 + n }, $setOnInsert: { _id: _id as never } },
        { upsert: true }
      );
    }
    storage = createMongoStorage(settingsFor(database.url), { log: pino({ level: 'silent' }) });
  });
  afterAll(async () => {
    await storage.close();
    await database.drop();
  });

  const find = async (_id: unknown) => (await readAll(storage, 'devicestatus', { filter: { _id } })).map(({ n }) => n);

  it('shows every id as text, whatever it is', async () => {
    const docs = await readAll(storage, 'devicestatus');
    expect(docs.map(({ _id }) => _id).sort()).toEqual(
      [
        OBJECT_ID,
        TEXT_ID,
        'D6F6B3C2-1A2B-4C3D-8E9F-0A1B2C3D4E5F',
        'null',
        '7',
        '{"part":1,"of":"key"}',
        '{"$date":"1970-01-01T00:00:00Z"}'
      ].sort()
    );
    for (const { _id, n } of docs) expect(await find(_id)).toEqual([n]);
  });

  it('finds ObjectIds and the same digits stored as text, in either case', async () => {
    expect(await find(OBJECT_ID)).toEqual([1]);
    expect(await find(OBJECT_ID.toUpperCase())).toEqual([1]);
    expect(await find(TEXT_ID)).toEqual([2]);
    expect((await find({ $in: [OBJECT_ID, TEXT_ID] })).sort()).toEqual([1, 2]);
    expect((await find({ $gte: OBJECT_ID, $lte: TEXT_ID })).sort()).toEqual([1, 2]);
    const found = await storage.candidates('devicestatus', [{ _id: OBJECT_ID }, { _id: TEXT_ID }]);
    expect(found.map(({ n }) => n).sort()).toEqual([1, 2]);
  });

  it.each([
    ['an ObjectId', OBJECT_ID, new ObjectId(OBJECT_ID)],
    ['24 hex digits as text', TEXT_ID, TEXT_ID],
    ['a number', '7', 7],
    ['null', 'null', null]
  ])('replaces and removes %s where it is, without a copy beside it', async (_what, _id, stored) => {
    const before = await storage.count('devicestatus', {});
    for (const op of ['replace', 'insert'] as const) {
      await storage.apply([{ op, collection: 'devicestatus', doc: { _id, device: 'changed', op } }]);
      expect(await storage.count('devicestatus', {})).toBe(before);
      expect(await raw(database.client, 'devicestatus').findOne({ _id: stored as never })).toEqual({
        _id: stored,
        device: 'changed',
        op
      });
    }
    await storage.apply([{ op: 'remove', collection: 'devicestatus', _id }]);
    expect(await storage.count('devicestatus', {})).toBe(before - 1);
  });

  it('stores new ids as the reference does: 24 hex digits as ObjectId, others as text', async () => {
    const ids = ['0123456789ABCDEF01234567', 'aZ3kQ9aZ3kQ9aZ3kQ9aZ3kQ9', '5'];
    await storage.apply(ids.map((_id) => ({ op: 'insert', collection: 'food', doc: { _id } })));
    const stored = await raw(database.client, 'food').find().toArray();
    expect(stored.map(({ _id }) => _id)).toEqual([new ObjectId('0123456789abcdef01234567'), 'aZ3kQ9aZ3kQ9aZ3kQ9aZ3kQ9', '5']);
  });

  it('MongoDB types survive read, change and replace; JSON shows them plainly', async () => {
    const types = {
      when: new Date('2026-11-22T10:00:00.123Z'),
      big: Long.fromString('9007199254740993'),
      safe: Long.fromNumber(1718000000000),
      money: Decimal128.fromString('1.10'),
      ref: new ObjectId(OBJECT_ID),
      bytes: new Binary(Buffer.from('hi')),
      deep: [{ when: new Date(0), ref: new ObjectId(OBJECT_ID) }]
    };
    await raw(database.client, 'profile').insertOne({ _id: new ObjectId(OBJECT_ID), ...types });
    const [doc] = await storage.candidates('profile', [{ _id: OBJECT_ID }]);
    await storage.apply([{ op: 'replace', collection: 'profile', doc: { ...doc, _id: OBJECT_ID, added: 1 } }]);
    const stored = await raw(database.client, 'profile').findOne({}, { promoteLongs: false });
    expect(stored).toMatchObject({ when: types.when, big: types.big, money: types.money, ref: types.ref, deep: types.deep });
    expect(Buffer.from((stored!.bytes as Binary).buffer).toString()).toBe('hi');
    for await (const [one] of storage.find('profile', { filter: {} })) {
      expect(JSON.parse(one!.json)).toMatchObject({
        _id: OBJECT_ID,
        when: '2026-11-22T10:00:00.123Z',
        safe: 1718000000000,
        ref: OBJECT_ID,
        deep: [{ when: '1970-01-01T00:00:00.000Z', ref: OBJECT_ID }]
      });
    }
  });

  it('refuses what MongoDB cannot store or read, with a clear code, and stores none of it', async () => {
    const insert = (doc: Record<string, unknown>) =>
      storage.apply([{ op: 'insert', collection: 'activity', doc: { _id: OBJECT_ID, ...doc } }]);
    await expect(insert({ text: 'x'.repeat(16 * 1024 * 1024) })).rejects.toMatchObject({ code: 'too-large' });
    await expect(insert({ 'a\0b': 1 })).rejects.toMatchObject({ code: 'bad-document' });
    let deep: unknown = 1;
    for (let i = 0; i < 190; i++) deep = { deep };
    await expect(insert({ deep })).rejects.toMatchObject({ code: 'bad-document' });
    expect(await storage.count('activity', {})).toBe(0);
    for (const filter of [
      { a: { $regex: '(?<=x)y(' } },
      { a: { $regex: 'a\0' } },
      { a: { $type: 'nonsense' } },
      { a: { $size: -1 } },
      { 'a\0': 1 }
    ]) {
      await expect(readAll(storage, 'activity', { filter })).rejects.toMatchObject({ code: 'bad-query' });
      await expect(storage.count('activity', filter)).rejects.toMatchObject({ code: 'bad-query' });
    }
  });

  it('a stored field that looks like an operator is only a field', async () => {
    await raw(database.client, 'activity').insertOne({ _id: OBJECT_ID as never, a: { $set: 1 }, 'b.c': 2 });
    const [doc] = await storage.candidates('activity', [{ _id: OBJECT_ID }]);
    await storage.apply([{ op: 'replace', collection: 'activity', doc: { ...doc, _id: OBJECT_ID, n: 1 } }]);
    expect(await readAll(storage, 'activity')).toEqual([{ _id: OBJECT_ID, a: { $set: 1 }, 'b.c': 2, n: 1 }]);
  });

  it('a refused document does not take the others of its batch with it', async () => {
    const good = Array.from({ length: 5 }, (_, n) => ({
      op: 'insert' as const,
      collection: 'settings' as const,
      doc: { _id: `ok${n}` }
    }));
    let deep: unknown = 1;
    for (let i = 0; i < 190; i++) deep = { deep };
    await expect(
      storage.apply([{ op: 'insert', collection: 'settings', doc: { _id: 'bad', deep } }, ...good])
    ).rejects.toMatchObject({ code: 'bad-document' });
    expect(await storage.count('settings', {})).toBe(5);
  });

  it('makes the indexes beside the running server, none of them unique', async () => {
    const wanted = INDEXES.entries.length + 1;
    await expect
      .poll(
        async () =>
          (
            await raw(database.client, 'entries')
              .indexes()
              .catch(() => [])
          ).length,
        { timeout: 30_000 }
      )
      .toBe(wanted);
    const indexes = await raw(database.client, 'entries').indexes();
    expect(indexes.filter(({ unique }) => unique)).toEqual([]);
    expect(indexes.map(({ key }) => key)).toContainEqual({ date: 1, _id: 1 });
    expect(indexes.find(({ key }) => 'syncIdentifier' in key)).toMatchObject({ sparse: true });
  });

  it('reads the latest entries and looks up identities by index, without reading the collection', async () => {
    const entries = raw(database.client, 'entries');
    await expect.poll(async () => (await entries.indexes().catch(() => [])).length).toBe(INDEXES.entries.length + 1);
    const docs = Array.from({ length: 3000 }, (_, n) => ({ date: n, type: 'sgv', sgv: n, identifier: `i${n}` }));
    await entries.insertMany(docs);
    const latest = await entries.find({}).sort({ date: -1, _id: -1 }).limit(10).explain('executionStats');
    expect(latest.executionStats.totalDocsExamined).toBe(10);
    const typed = await entries.find({ type: 'sgv' }).sort({ date: -1, _id: -1 }).limit(10).explain('executionStats');
    expect(typed.executionStats.totalDocsExamined).toBeLessThanOrEqual(20);
    const filter = {
      $or: [
        { identifier: { $in: ['i5', 'i6'] } },
        { _id: { $in: [OBJECT_ID, new ObjectId(OBJECT_ID)] } },
        { date: 7, type: 'sgv' }
      ]
    };
    const lookup = await entries.find(filter as never).explain('executionStats');
    expect(lookup.executionStats.totalDocsExamined).toBeLessThanOrEqual(6);
  });

  it('uses the names that the settings give its collections', async () => {
    const other = createMongoStorage(
      { ...settingsFor(database.url), collections: { ...NAMES, entries: 'my_entries' } },
      { log: pino({ level: 'silent' }) }
    );
    await other.apply([{ op: 'insert', collection: 'entries', doc: { _id: OBJECT_ID } }]);
    expect(await raw(database.client, 'my_entries').countDocuments()).toBe(1);
    await other.close();
  });
});
