import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus/bus.ts';
import { createCommit } from '../../src/collections/commit.ts';
import { patch, remove, upsert } from '../../src/collections/mutations.ts';
import { Refusal } from '../../src/errors.ts';
import type { Doc } from '../../src/storage/port.ts';
import { idOf, insert, readAll } from '../contract/store-bench.ts';
import { createJournalKit, type JournalKit } from './journal-kit.ts';

const DAY = 86_400_000;
const NOW = Date.now();
const AWAY = { code: 'storage-away', status: 503, retryAfter: expect.any(Number) };
const iso = (ms: number): string => new Date(ms).toISOString();

let kit: JournalKit;
afterEach(() => kit.close());

const reading = (date: number, fields: Doc = {}): Doc => ({ type: 'sgv', date, sysTime: iso(date), sgv: 100, ...fields });
const stored = (collection: 'entries' | 'treatments' = 'entries') => readAll(kit.database.inner, collection);
const queue = () => join(kit.folder, 'queue.ndjson');
const back = async (): Promise<void> => {
  kit.database.comeBack();
  await expect.poll(() => statSync(queue()).size).toBe(0);
  // the store says a moment later that it knows everything again
  await expect.poll(async () => (await kit.storage.candidates('entries', [{ date: 1 }])).mayMiss).toBeUndefined();
};
function commits(): ReturnType<typeof createCommit> {
  return createCommit(
    kit.storage,
    createBus(() => {}),
    Date.now
  );
}

async function withCopy(...docs: Doc[]): Promise<void> {
  kit = await createJournalKit({}, docs);
  await kit.copied();
}

describe('writes while the database is away', () => {
  it('are kept, readable at once, and brought over in the order they came', async () => {
    await withCopy();
    kit.database.go();
    await kit.storage.apply([insert('entries', { _id: idOf(1), ...reading(NOW), n: 1 })]);
    await kit.storage.apply([insert('entries', { _id: idOf(2), ...reading(NOW + 1) })]);
    await kit.storage.apply([{ op: 'replace', collection: 'entries', doc: { _id: idOf(1), ...reading(NOW), n: 2 } }]);
    await kit.storage.apply([{ op: 'remove', collection: 'entries', _id: idOf(2) }]);
    expect(await readAll(kit.storage, 'entries', { filter: { date: { $gte: NOW } } })).toMatchObject([{ _id: idOf(1), n: 2 }]);
    expect(await stored()).toEqual([]);
    await back();
    expect(await stored()).toMatchObject([{ _id: idOf(1), n: 2 }]);
    expect(kit.database.reached).toEqual([`insert:${idOf(1)}`, `insert:${idOf(2)}`, `replace:${idOf(1)}`, `remove:${idOf(2)}`]);
    expect(kit.heard.at(-1)).toBeUndefined();
  });

  it('survive the end of the process, at any moment of it', async () => {
    await withCopy();
    kit.database.go();
    for (let n = 0; n < 20; n++) await kit.storage.apply([insert('entries', { _id: idOf(n), ...reading(NOW + n) })]);
    appendFileSync(queue(), '[{"op":"insert","collection":"entries","doc":{"_id":"torn');
    kit = await kit.restart();
    // found again by the next upload, though nothing is in the database
    const found = await kit.storage.candidates('entries', [{ date: NOW + 7, type: 'sgv' }]);
    expect(found).toMatchObject([{ _id: idOf(7) }]);
    await kit.storage.apply([insert('entries', { _id: idOf(20), ...reading(NOW + 20) })]);
    await back();
    expect((await stored()).map(({ _id }) => _id)).toEqual(Array.from({ length: 21 }, (_, n) => idOf(n)));
  });

  it('a replay that breaks off goes on, also in another process', async () => {
    await withCopy();
    kit.database.go();
    const all = Array.from({ length: 2400 }, (_, n) => idOf(n));
    await Promise.all(all.map((_id, n) => kit.storage.apply([insert('entries', { _id, ...reading(NOW + n) })])));
    await kit.storage.apply([{ op: 'remove', collection: 'entries', _id: idOf(3) }]);
    let broke = false;
    kit.database.onWrite = (id) => {
      if (id !== idOf(1700) || broke) return;
      broke = true;
      kit.database.go();
      throw new Refusal('storage-away');
    };
    kit.database.comeBack();
    await expect.poll(() => broke).toBe(true);
    expect((await stored()).length).toBeGreaterThan(100);
    kit = await kit.restart();
    await back();
    const ids = (await stored()).map(({ _id }) => _id).sort();
    expect(ids).toEqual(all.filter((id) => id !== idOf(3)));
  });

  it('go on while the queue is brought over, and none is passed by', async () => {
    await withCopy();
    kit.database.go();
    for (let n = 0; n < 300; n++) await kit.storage.apply([insert('entries', { _id: idOf(0), ...reading(NOW), n })]);
    kit.database.comeBack();
    let n = 300;
    for (let straight = 0; straight < 20; n++) {
      await kit.storage.apply([insert('entries', { _id: idOf(0), ...reading(NOW), n })]);
      if (statSync(queue()).size === 0) straight += 1;
    }
    expect(await stored()).toMatchObject([{ n: n - 1 }]);
  });

  it('one the database refuses for good goes aside, loudly, and holds up nobody', async () => {
    await withCopy();
    kit.database.go();
    for (const n of [1, 2, 3]) await kit.storage.apply([insert('entries', { _id: idOf(n), ...reading(NOW + n) })]);
    kit.database.onWrite = (id) => {
      if (id === idOf(2)) throw new Refusal('bad-document');
    };
    await back();
    expect((await stored()).map(({ _id }) => _id)).toEqual([idOf(1), idOf(3)]);
    const file = readFileSync(join(kit.folder, 'rejected.ndjson'), 'utf8');
    expect(
      file
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    ).toMatchObject([{ op: 'insert', doc: { _id: idOf(2) } }]);
    expect(kit.heard).toContainEqual(expect.stringMatching(/refused an upload/));
    kit.database.go();
    // no app is told of a document that is nowhere
    expect(await readAll(kit.storage, 'entries', { filter: { date: NOW + 2 } })).toEqual([]);
  });

  it('a database that takes nothing at all is waited for', async () => {
    await withCopy();
    kit.database.go();
    await kit.storage.apply([insert('entries', { _id: idOf(1), ...reading(NOW) })]);
    let tries = 0;
    kit.database.onWrite = () => {
      tries += 1;
      throw new Refusal('storage-failed');
    };
    kit.database.comeBack();
    await expect.poll(() => tries).toBeGreaterThan(3);
    expect(existsSync(join(kit.folder, 'rejected.ndjson'))).toBe(false);
    kit.database.onWrite = undefined;
    await back();
    expect(await stored()).toHaveLength(1);
  });

  it('are refused when the journal is full', async () => {
    kit = await createJournalKit({ maxBytes: 2000 });
    await kit.copied();
    kit.database.go();
    let taken = 0;
    await expect(
      (async () => {
        for (; taken < 100; taken++) await kit.storage.apply([insert('entries', { _id: idOf(taken), ...reading(NOW + taken) })]);
      })()
    ).rejects.toMatchObject(AWAY);
    expect(taken).toBeGreaterThan(5);
    await back();
    expect(await stored()).toHaveLength(taken);
  });
});

describe('reads while the database is away', () => {
  const OLD = NOW - 30 * DAY;

  async function awayWith(...docs: Doc[]): Promise<void> {
    await withCopy(...docs);
    kit.database.go();
  }
  const old = { _id: idOf(1), ...reading(OLD), srvModified: OLD };
  const recent = { _id: idOf(2), ...reading(NOW), srvModified: NOW };
  const older = Array.from({ length: 5 }, (_, n) => ({ _id: idOf(10 + n), ...reading(OLD - n), srvModified: OLD }));

  it.each([
    ['a lower bound within the copy', { filter: { date: { $gte: NOW - 4 * DAY } } }],
    ['an exact time', { filter: { date: NOW, type: 'sgv' } }],
    ['one of several times', { filter: { $or: [{ date: NOW }, { sysTime: iso(NOW) }] } }],
    ['changes since', { filter: { srvModified: { $gt: NOW - DAY } }, sort: [['srvModified', 1]] }],
    ['newest first', { filter: { type: 'sgv' }, sort: [['date', -1]], limit: 1 }],
    ['one by its id', { filter: { _id: idOf(2) } }],
    ['bounds inside $and', { filter: { $and: [{ type: 'sgv' }, { date: { $gt: NOW - 1000 } }] } }]
  ] as const)('%s is answered', async (_, query) => {
    await awayWith(old, ...older, recent);
    expect((await readAll(kit.storage, 'entries', query)).map(({ _id }) => _id)).toEqual([idOf(2)]);
  });

  it.each([
    ['no bound', { filter: {} }],
    ['an upper bound only', { filter: { date: { $lte: NOW } } }],
    ['a bound before the copy', { filter: { date: { $gte: NOW - 20 * DAY } } }],
    ['one alternative without bound', { filter: { $or: [{ date: NOW }, { type: 'sgv' }] } }],
    ['oldest first', { filter: { type: 'sgv' }, sort: [['date', 1]], limit: 1 }],
    ['more of the newest than the copy has', { filter: { type: 'sgv' }, sort: [['date', -1]], limit: 2 }],
    ['an id that is not there', { filter: { _id: idOf(1) } }],
    ['a negated bound', { filter: { $nor: [{ date: { $gte: NOW - DAY } }] } }]
  ] as const)('%s is refused, not answered in part', async (_, query) => {
    await awayWith(old, ...older, recent);
    await expect(readAll(kit.storage, 'entries', query)).rejects.toMatchObject(AWAY);
    if (!('limit' in query)) await expect(kit.storage.count('entries', query.filter)).rejects.toMatchObject(AWAY);
  });

  it('a database that holds nothing older is known as a whole', async () => {
    await awayWith(recent);
    expect(await readAll(kit.storage, 'entries')).toMatchObject([recent]);
    expect(await readAll(kit.storage, 'treatments')).toEqual([]);
    expect(await kit.storage.count('entries', { type: 'sgv' })).toBe(1);
  });

  it('what was stored straight before it went is known', async () => {
    await withCopy(old);
    for (let n = 0; n < 50; n++) await kit.storage.apply([insert('entries', { _id: idOf(100 + n), ...reading(NOW + n) })]);
    kit.database.go();
    expect(await readAll(kit.storage, 'entries', { filter: { date: { $gte: NOW } } })).toHaveLength(50);
  });

  it('without a copy everything is refused', async () => {
    kit = await createJournalKit({ away: true });
    await expect(readAll(kit.storage, 'entries', { filter: { date: NOW } })).rejects.toMatchObject(AWAY);
    await expect(kit.storage.candidates('entries', [{ date: NOW }])).rejects.toMatchObject(AWAY);
    await expect(kit.storage.ping()).rejects.toMatchObject(AWAY);
  });
});

describe('identity while the database is away', () => {
  const old = { _id: idOf(1), identifier: 'old', ...reading(NOW - 30 * DAY), srvModified: NOW - 30 * DAY };
  const recent = { _id: idOf(2), identifier: 'recent', ...reading(NOW), srvModified: NOW };

  async function away(): Promise<ReturnType<typeof createCommit>> {
    await withCopy(old, recent);
    kit.database.go();
    return commits();
  }
  const up = (doc: Doc) => upsert('entries', doc, { onMatch: 'merge' });

  it('a repeat of what was stored before finds it', async () => {
    const commit = await away();
    const [outcome] = await commit('entries', 'v1', [up(reading(NOW, { noise: 1 }))]);
    expect(outcome).toMatchObject({ op: 'update', doc: { _id: idOf(2), noise: 1 } });
    await back();
    expect(await stored()).toMatchObject([{ _id: idOf(1) }, { _id: idOf(2), noise: 1 }]);
  });

  it('a new reading is new; one of a time beyond the copy is refused, and the others of the batch are not', async () => {
    const commit = await away();
    const backfill = commit('entries', 'v1', [up(reading(NOW - 30 * DAY))]);
    const fresh = commit('entries', 'v1', [up(reading(NOW + 300_000))]);
    await expect(backfill).rejects.toMatchObject(AWAY);
    expect(await fresh).toMatchObject([{ op: 'create' }]);
    await back();
    expect(await commit('entries', 'v1', [up(reading(NOW - 30 * DAY, { noise: 2 }))])).toMatchObject([
      { op: 'update', doc: { _id: idOf(1) } }
    ]);
    expect(await stored()).toHaveLength(3);
  });

  it('a change or delete of a document beyond the copy is refused, not called done', async () => {
    const commit = await away();
    for (const mutation of [remove('old'), remove(idOf(1)), patch('old', { sgv: 1 })])
      await expect(commit('entries', 'v1', [mutation])).rejects.toMatchObject(AWAY);
    const gone = () => {
      throw new Refusal('not-found');
    };
    await expect(commit('entries', 'v3', [{ lookups: [{ key: { identifier: 'old' } }], decide: gone }])).rejects.toMatchObject(
      AWAY
    );
  });

  it('an id made just now names nothing that could have been overlooked', async () => {
    const commit = await away();
    const id = Math.floor(Date.now() / 1000)
      .toString(16)
      .padEnd(24, '0');
    expect(await commit('entries', 'v1', [remove(id)])).toMatchObject([{ op: 'none' }]);
  });

  it('changes and deletes of recent documents reach the database', async () => {
    const commit = await away();
    await commit('entries', 'v1', [up(reading(NOW + 1))]);
    await commit('entries', 'v1', [remove('recent')]);
    await back();
    expect((await stored()).map(({ date }) => date)).toEqual([NOW - 30 * DAY, NOW + 1]);
    expect(await readAll(kit.database.inner, 'tombstones')).toMatchObject([{ identifier: 'recent' }]);
  });
});
