import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BSON } from 'mongodb';
import { afterAll, describe, expect, it } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import { allNew, contents, DAY, fill, folders, hashOf, idAt, inOrder, siteDocs, vigil } from './kit.ts';

// dumps and exports: whatever tool wrote the files, the documents are those of the database
const place = folders();
const END = Date.now() - 30 * DAY;
const docs = siteDocs(END, 2);
const counts = Object.fromEntries(Object.entries(docs).map(([name, list]) => [name, list.length]));
const MONGO_NAMES: Record<string, string> = { subjects: 'auth_subjects', roles: 'auth_roles' };
afterAll(place.clear);

const { ObjectId } = BSON;
const asBson = ({ _id, ...doc }: Doc) => ({ _id: new ObjectId(_id), ...doc });

/** A dump as mongodump writes it. */
function dump(folder: string, name = (collection: string) => MONGO_NAMES[collection] ?? collection): string {
  const inside = join(folder, 'dump', 'nightscout');
  mkdirSync(inside, { recursive: true });
  for (const [collection, list] of Object.entries(docs)) {
    const bytes = Buffer.concat(list.map((doc) => BSON.serialize(asBson(doc))));
    const isZipped = collection === 'entries';
    writeFileSync(join(inside, `${name(collection)}.bson${isZipped ? '.gz' : ''}`), isZipped ? gzipSync(bytes) : bytes);
    writeFileSync(join(inside, `${name(collection)}.metadata.json`), '{"indexes":[]}');
  }
  return join(folder, 'dump');
}

async function expectEverything(dataDir: string): Promise<void> {
  const found = await contents(dataDir);
  for (const [name, list] of Object.entries(docs)) expect(inOrder(found[name]), name).toEqual(inOrder(list));
}

describe('vigil import from files', { timeout: 180_000 }, () => {
  it('a folder of mongodump: everything, as it was, twice without a change', async () => {
    const dataDir = place.make();
    const source = dump(place.make());
    const done = await vigil(['import', source, '--json'], { DATA_DIR: dataDir });
    expect(done.code, done.err).toBe(0);
    expect(allNew(done.result)).toEqual(counts);
    await expectEverything(dataDir);
    const before = await hashOf(dataDir);
    const again = await vigil(['import', source, '--json'], { DATA_DIR: dataDir });
    expect(Object.fromEntries(Object.entries(again.result.totals).map(([name, { same }]) => [name, same]))).toEqual(counts);
    expect(await hashOf(dataDir)).toBe(before);
  });

  it('collections under the names the settings give them', async () => {
    const dataDir = place.make();
    const source = dump(place.make(), (name) => (name === 'treatments' ? 'my_doses' : (MONGO_NAMES[name] ?? name)));
    const done = await vigil(['import', source, '--json'], { DATA_DIR: dataDir, MONGO_TREATMENTS_COLLECTION: 'my_doses' });
    expect(allNew(done.result)).toEqual(counts);
  });

  it('files of mongoexport: a document a line, and a list, in Extended JSON', async () => {
    const dataDir = place.make();
    const folder = place.make();
    for (const [name, list] of Object.entries(docs)) {
      const texts = list.map((doc) => BSON.EJSON.stringify(asBson(doc), { relaxed: name !== 'entries' }));
      const text = name === 'treatments' ? `[${texts.join(',')}]` : `${texts.join('\n')}\n`;
      writeFileSync(join(folder, `${MONGO_NAMES[name] ?? name}.json`), text);
    }
    writeFileSync(join(folder, 'profile.json'), JSON.stringify(docs.profile!.map(asBson), undefined, 2));
    const done = await vigil(['import', folder, '--json'], { DATA_DIR: dataDir });
    expect(done.code, done.err).toBe(0);
    expect(allNew(done.result)).toEqual(counts);
    await expectEverything(dataDir);
  });

  it.each(['ndjson', 'json'])('an export as %s: the copy has the same content hash', async (format) => {
    const [from, to] = [place.make(), place.make()];
    await fill(from, docs);
    const folder = join(place.make(), 'export');
    const exported = await vigil(['export', folder, '--format', format, '--json'], { DATA_DIR: from });
    expect(exported.code, exported.err).toBe(0);
    const manifest = JSON.parse(exported.out);
    expect(manifest.hash).toBe(await hashOf(from));
    expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifest);
    const done = await vigil(['import', folder, '--json'], { DATA_DIR: to });
    expect(done.code, done.err).toBe(0);
    expect(await hashOf(to)).toBe(manifest.hash);
    // the order of fields is part of a document
    const [before, after] = [await contents(from), await contents(to)];
    const texts = (list: Doc[]) => list.map((doc) => JSON.stringify(doc)).sort();
    for (const name of Object.keys(docs)) expect(texts(after[name]!), name).toEqual(texts(before[name]!));
  });

  it('an export that was changed or cut off is told', async () => {
    const [from, to] = [place.make(), place.make()];
    await fill(from, docs);
    const folder = join(place.make(), 'export');
    await vigil(['export', folder], { DATA_DIR: from });
    const file = join(folder, 'treatments.ndjson');
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, -2).join('\n'));
    const done = await vigil(['import', folder, '--json'], { DATA_DIR: to });
    expect(done.code).toBe(1);
    expect(done.result.notes[0]).toMatch(/treatments.ndjson is not what was exported/);
  });

  it('values BSON has beyond JSON come as clients see them', async () => {
    const dataDir = place.make();
    const folder = place.make();
    const id = idAt(END, 1);
    writeFileSync(
      join(folder, 'treatments.bson'),
      BSON.serialize({
        _id: new ObjectId(id),
        eventType: 'Note',
        created_at: new Date(END),
        long: BSON.Long.fromNumber(1_700_000_000_000),
        huge: BSON.Long.fromString('9223372036854775807'),
        amount: BSON.Decimal128.fromString('5.50'),
        nothing: Number.NaN,
        inner: { ref: new ObjectId(id), list: [new BSON.Int32(1), new BSON.Double(2)] }
      })
    );
    const done = await vigil(['import', folder, '--json'], { DATA_DIR: dataDir });
    expect(done.code, done.err).toBe(0);
    expect((await contents(dataDir)).treatments).toEqual([
      {
        _id: id,
        eventType: 'Note',
        created_at: new Date(END).toISOString(),
        long: 1_700_000_000_000,
        huge: '9223372036854775807',
        amount: 5.5,
        nothing: null,
        inner: { ref: id, list: [1, 2] },
        srvModified: END,
        srvCreated: END
      }
    ]);
  });
});

describe('what cannot be imported is told, and hurts nothing else', { timeout: 180_000 }, () => {
  it('hostile and broken documents', async () => {
    const dataDir = place.make();
    const folder = place.make();
    const good = { _id: idAt(END, 1), type: 'sgv', sgv: 100, date: END };
    const lines = [
      JSON.stringify(good),
      '{"_id":"broken',
      '[1,2]',
      'null',
      '{"_id":"a1","$where":"1","date":1}',
      '{"_id":"a2","__proto__":{"isAdmin":true},"date":2,"type":"sgv"}',
      '{"_id":{"x":1},"date":3,"type":"sgv"}',
      `{"_id":"a4","deep":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '{"_id":"a5","identifier":{"$ne":1},"date":5}',
      '{"_id":"a6","date":"not a date","type":"sgv","notes":"<script>alert(1)</script>a<b"}'
    ];
    writeFileSync(join(folder, 'entries.ndjson'), lines.join('\n'));
    const done = await vigil(['import', folder, '--json'], { DATA_DIR: dataDir });
    expect(done.code).toBe(1);
    expect(done.result.refused.map(({ document, reason }) => `${document}: ${reason}`)).toEqual([
      'entries.ndjson, line 2: It is no JSON, or no document',
      'entries.ndjson, line 3: It is no JSON, or no document',
      'entries.ndjson, line 4: It is no JSON, or no document',
      expect.stringMatching(/^a4: /),
      expect.stringMatching(/^a1: Field names must not start with \$/),
      expect.stringMatching(/^without id: _id must be text/),
      expect.stringMatching(/^a5: /)
    ]);
    const { entries } = await contents(dataDir);
    expect(entries!.map(({ _id }) => _id)).toEqual([good._id, 'a2', 'a6']);
    expect(Object.getPrototypeOf(entries![1])).toBe(Object.prototype);
    expect(entries![2]).toMatchObject({ date: 'not a date', notes: expect.not.stringContaining('script') });
  });

  it('a dump that ends in the middle, and one with a damaged length', async () => {
    const dataDir = place.make();
    const folder = place.make();
    const whole = Buffer.concat(docs.treatments!.slice(0, 5).map((doc) => BSON.serialize(asBson(doc))));
    writeFileSync(join(folder, 'treatments.bson'), whole.subarray(0, whole.length - 3));
    writeFileSync(join(folder, 'food.bson'), Buffer.concat([BSON.serialize(asBson(docs.food![0]!)), Buffer.alloc(100, 0xff)]));
    const done = await vigil(['import', folder, '--json'], { DATA_DIR: dataDir });
    expect(done.code).toBe(1);
    expect(done.result.totals).toMatchObject({ treatments: { new: 4, refused: 1 }, food: { new: 1, refused: 1 } });
    expect(done.result.refused.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/damaged here/),
      expect.stringMatching(/ends in the middle/)
    ]);
  });

  it.each([
    ['nothing there', 'nowhere', /There is no file or folder/],
    ['a file of another kind', 'photo.png', /of a kind that is not known/],
    ['an empty folder', '.', /holds nothing that can be imported/]
  ])('%s', async (_, name, why) => {
    const folder = place.make();
    writeFileSync(join(folder, 'photo.png'), 'x');
    const done = await vigil(['import', join(folder, name)], { DATA_DIR: place.make() });
    expect(done).toMatchObject({ code: 1, err: expect.stringMatching(why) });
  });

  it('options nobody understands', async () => {
    const env = { DATA_DIR: place.make() };
    expect(await vigil(['import', '.', '--collections', 'entries,sugar'], env)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no collection sugar/)
    });
    expect(await vigil(['import', '.', '--from', 'yesterday'], env)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--from must be/)
    });
    expect(await vigil(['export', 'x', '--format', 'xml'], env)).toMatchObject({ code: 2 });
  });
});

describe('what is here already', { timeout: 180_000 }, () => {
  const at = END;
  const dose = {
    _id: idAt(at, 1),
    eventType: 'Meal Bolus',
    created_at: new Date(at).toISOString(),
    insulin: 5,
    srvModified: at,
    srvCreated: at
  };

  async function importOver(here: Doc[], there: Doc[], tombstones: Doc[] = []) {
    const dataDir = place.make();
    await fill(dataDir, { treatments: here, ...(tombstones.length > 0 && { tombstones }) } as never);
    const file = join(place.make(), 'treatments.ndjson');
    writeFileSync(file, there.map((doc) => JSON.stringify(doc)).join('\n'));
    const dry = await vigil(['import', file, '--dry-run', '--json'], { DATA_DIR: dataDir });
    const unchanged = (await contents(dataDir)).treatments;
    expect(unchanged).toEqual(here);
    const done = await vigil(['import', file, '--json'], { DATA_DIR: dataDir });
    expect(dry.result.totals).toEqual(done.result.totals);
    const { treatments } = (await contents(dataDir)) as { treatments: Doc[] };
    return { count: done.result.totals.treatments!, treatments };
  }

  it('stays when it was changed later here', async () => {
    const here = { ...dose, insulin: 4, srvModified: at + 10 };
    expect(await importOver([here], [dose])).toMatchObject({ count: { newer: 1 }, treatments: [here] });
  });

  it('is brought up to date when it was changed later there, and keeps its _id', async () => {
    const there = { ...dose, insulin: 4.5, srvModified: at + 10 };
    expect(await importOver([dose], [there])).toMatchObject({ count: { changed: 1 }, treatments: [there] });
  });

  it('is not doubled when an app sent it to both sites', async () => {
    const there = { ...dose, _id: idAt(at, 2) };
    expect(await importOver([dose], [there])).toMatchObject({ count: { same: 1 }, treatments: [dose] });
    const synced = [{ ...dose, syncIdentifier: 'abc' }];
    expect(
      await importOver(synced, [
        { ...synced[0], _id: idAt(at, 3), created_at: new Date(at + 5).toISOString(), srvModified: at - 5 }
      ])
    ).toMatchObject({ count: { newer: 1 }, treatments: synced });
  });

  it('is the same as one of two alike, not as both', async () => {
    const here = { ...dose, _id: idAt(at, 9) };
    const there = [dose, { ...dose, _id: idAt(at, 2), insulin: 1 }];
    const { count, treatments } = await importOver([here], there);
    expect(count).toMatchObject({ same: 1, new: 1 });
    expect(treatments).toEqual([here, there[1]]);
  });

  it('stands beside another one of the same time and type when the source has both', async () => {
    const other = { ...dose, _id: idAt(at, 2), insulin: 1 };
    const { count, treatments } = await importOver([], [dose, other]);
    expect(count).toMatchObject({ new: 2 });
    expect(treatments).toEqual([dose, other]);
  });

  it('does not come back when it was deleted here', async () => {
    const stone = {
      ...dose,
      _id: `treatments:${dose._id}`,
      collection: 'treatments',
      identifier: dose._id,
      isValid: false,
      srvModified: at + 1000
    };
    const { count, treatments } = await importOver([], [dose], [stone]);
    expect(count).toMatchObject({ deleted: 1, new: 0 });
    expect(treatments).toEqual([]);
  });

  it('a time ahead of our clock is not taken over: it would carry the marks of apps away', async () => {
    const ahead = { ...dose, srvModified: Date.now() + 365 * DAY };
    const { treatments } = await importOver([], [ahead]);
    expect(treatments[0]!.srvModified).toBeLessThanOrEqual(Date.now() + 1000);
  });
});
