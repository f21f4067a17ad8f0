import { join } from 'node:path';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from '../../src/backup/content-hash.ts';
import { openMongo } from '../../src/backup/open-mongo.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { MOVE_NAMES } from '../../src/move/names.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { allNew, contents, DAY, fill, folders, hashOf, idAt, inOrder, siteDocs, vigil } from './kit.ts';

// from MongoDB and to MongoDB: a site may change its database, either way
const place = folders();
const END = Date.now() - 30 * DAY;
const docs = siteDocs(END, 2);
const counts = Object.fromEntries(Object.entries(docs).map(([name, list]) => [name, list.length]));
const MONGO_NAMES: Record<string, string> = { subjects: 'auth_subjects', roles: 'auth_roles' };
let database: Awaited<ReturnType<typeof freshDatabase>>;
let second: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  if (!mongoUrl()) return;
  [database, second] = await Promise.all([freshDatabase(), freshDatabase()]);
  for (const [name, list] of Object.entries(docs))
    await database.client
      .db()
      .collection(MONGO_NAMES[name] ?? name)
      .insertMany(list.map(({ _id, ...doc }) => ({ _id: new ObjectId(_id), ...doc })));
});
afterAll(async () => {
  await Promise.all([database?.drop(), second?.drop()]);
  place.clear();
});
beforeEach(({ skip }) => {
  if (!mongoUrl()) skip();
});

async function mongoHash(url: string): Promise<string> {
  const storage = openMongo(readConfig({ STORAGE_URI: url }).mongo!);
  const { hash } = await contentHash(storage, MOVE_NAMES);
  await storage.close();
  return hash;
}

describe('vigil import from MongoDB', { timeout: 180_000 }, () => {
  it('everything, subjects and roles too; again: no change', async () => {
    const dataDir = place.make();
    const done = await vigil(['import', database.url, '--json'], { DATA_DIR: dataDir });
    expect(done.code, done.err).toBe(0);
    expect(allNew(done.result)).toEqual(counts);
    expect(done.result.notes).toEqual([expect.stringMatching(/API_SECRET/)]);
    const found = await contents(dataDir);
    for (const [name, list] of Object.entries(docs)) expect(inOrder(found[name]), name).toEqual(inOrder(list));
    expect(await hashOf(dataDir)).toBe(await mongoHash(database.url));
    const again = await vigil(['import', database.url, '--json'], { DATA_DIR: dataDir });
    expect(Object.values(again.result.totals).every((count) => count.new + count.changed === 0)).toBe(true);
  });

  it('ids of every kind, documents of the reference, and collections of other names', async () => {
    const dataDir = place.make();
    const other = await freshDatabase();
    const at = new Date(END);
    await other.client
      .db()
      .collection('my_doses')
      .insertMany([
        { _id: 7 as never, eventType: 'Note', created_at: at.toISOString() },
        { _id: 'C0FFEE00-0000-4000-8000-000000000001' as never, eventType: 'Temporary Override', created_at: at.toISOString() },
        { _id: new ObjectId(idAt(END, 5)), eventType: 'Site Change', created_at: at.toISOString(), carbs: null },
        { _id: '65f0c0ffee65f0c0ffee65f0' as never, eventType: 'Meal Bolus', created_at: at.toISOString(), insulin: 1.5 }
      ]);
    const done = await vigil(['import', other.url, '--json'], { DATA_DIR: dataDir, MONGO_TREATMENTS_COLLECTION: 'my_doses' });
    expect(allNew(done.result)).toEqual({ treatments: 4 });
    const { treatments } = await contents(dataDir);
    expect(treatments!.map(({ _id }) => _id).sort()).toEqual(
      ['65f0c0ffee65f0c0ffee65f0', '7', 'C0FFEE00-0000-4000-8000-000000000001', idAt(END, 5)].sort()
    );
    // what the reference wrote is as old as it is
    expect(treatments!.every(({ srvModified, srvCreated }) => srvModified === END && srvCreated === END)).toBe(true);
    await other.drop();
  });

  it('a database that is not there is told without its password', async () => {
    const done = await vigil(['import', 'mongodb://me:pass-word@127.0.0.1:9/x?serverSelectionTimeoutMS=50'], {
      DATA_DIR: place.make()
    });
    expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/cannot be read/) });
    expect(done.err).not.toContain('pass-word');
  });
});

describe('from store to store', { timeout: 180_000 }, () => {
  it('SQLite → export → MongoDB → export → SQLite: equal content hashes', async () => {
    const [from, to] = [place.make(), place.make()];
    await fill(from, docs);
    const first = join(place.make(), 'first');
    const exported = JSON.parse((await vigil(['export', first, '--json'], { DATA_DIR: from })).out);
    const done = await vigil(['import', first, '--json'], { DATA_DIR: place.make(), MONGODB_URI: second.url });
    expect(done.code, done.err).toBe(0);
    expect(await mongoHash(second.url)).toBe(exported.hash);
    const back = join(place.make(), 'back');
    const again = JSON.parse(
      (await vigil(['export', back, '--json', '--format', 'json'], { DATA_DIR: place.make(), MONGODB_URI: second.url })).out
    );
    expect(again.hash).toBe(exported.hash);
    expect((await vigil(['import', back], { DATA_DIR: to })).code).toBe(0);
    expect(await hashOf(to)).toBe(exported.hash);
  });
});
