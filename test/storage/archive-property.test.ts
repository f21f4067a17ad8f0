import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Change, Doc, Key, Storage } from '../../src/storage/port.ts';
import type { Query } from '../../src/storage/query.ts';
import { createSqliteStorage, type SqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { idOf } from '../contract/store-bench.ts';

const AT = Date.parse('2026-01-01T00:00:00Z');
const iso = (n: number): string => new Date(AT + n * 60_000).toISOString();

const id = fc.oneof(
  fc.nat({ max: 80 }).map(idOf),
  fc.nat({ max: 10 }).map((n) => `D6F6B3C2-${n}`)
);
// more times than a summary lists values: then its ranges decide
const time = fc.nat({ max: 300 });
const prediction = fc.array(fc.double({ min: 40, max: 400, noNaN: true }), { minLength: 6, maxLength: 20 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const fields: fc.Arbitrary<Doc> = fc
  .record({
    date: optional(
      fc.oneof(
        { weight: 8, arbitrary: time.map((n) => AT + n * 60_000) },
        { weight: 1, arbitrary: fc.constantFrom<unknown>('x', null, [1, 2], 1e300, 4e18, -0.5) }
      )
    ),
    created_at: optional(
      fc.oneof(
        { weight: 8, arbitrary: time.map(iso) },
        { weight: 1, arbitrary: fc.constantFrom<unknown>(AT, 'ö', '🍕', '', null) }
      )
    ),
    type: optional(fc.constantFrom<unknown>('sgv', 'mbg', 'cal', 5)),
    eventType: optional(fc.constantFrom('Temp Basal', 'Note', 'Site Change')),
    srvModified: optional(time.map((n) => AT + n * 60_000)),
    identifier: optional(fc.constantFrom<unknown>('i1', 'i2', 'i3', 7)),
    syncIdentifier: optional(fc.constantFrom('s1', 's2')),
    isValid: optional(fc.constantFrom<unknown>(true, false, null)),
    sgv: optional(fc.oneof(fc.integer({ min: 39, max: 45 }), fc.constantFrom<unknown>('text', null, true, [1], { a: 1 }))),
    notes: optional(fc.constantFrom('\ud800', '\u0000', 'a\nb', '\u0001', '[1,2,3,4,5,6,7,8,9]', '日本')),
    loop: optional(fc.record({ predicted: fc.record({ values: prediction }), iob: fc.double({ min: 0, max: 9, noNaN: true }) }))
  })
  .map((record) => JSON.parse(JSON.stringify(record)) as Doc);

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(id, fields).map(([_id, doc]): Change => ({ op: 'insert', collection: 'entries', doc: { _id, ...doc } }))
  },
  {
    weight: 2,
    arbitrary: fc.tuple(id, fields).map(([_id, doc]): Change => ({ op: 'replace', collection: 'entries', doc: { _id, ...doc } }))
  },
  { weight: 2, arbitrary: id.map((_id): Change => ({ op: 'remove', collection: 'entries', _id })) }
);

const bound = fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne');
const condition = fc.oneof(
  fc.tuple(fc.constant('date'), bound, time).map(([f, op, n]) => ({ [f]: { [op]: AT + n * 60_000 } })),
  fc.tuple(fc.constantFrom('created_at'), bound, time).map(([f, op, n]) => ({ [f]: { [op]: iso(n) } })),
  fc
    .tuple(
      fc.constantFrom('date', 'type', 'identifier', 'srvModified', 'isValid', 'nothing'),
      fc.constantFrom<unknown>(null, { $ne: null }, { $exists: true }, { $exists: false })
    )
    .map(([f, c]) => ({ [f]: c })),
  fc.constantFrom<Record<string, unknown>>(
    { type: 'sgv' },
    { type: { $in: ['sgv', null] } },
    { eventType: { $regex: 'a' } },
    { type: { $ne: 'sgv' } },
    { identifier: { $in: ['i1', 7] } },
    { syncIdentifier: 's1' },
    { sgv: { $gte: 41 } },
    { 'loop.iob': { $gt: 4 } },
    { 'loop.predicted.values': { $gt: 300 } },
    { isValid: { $ne: false } }
  ),
  id.map((_id) => ({ _id })),
  id.map((_id) => ({ $or: [{ _id }, { identifier: 'i2' }] }))
);
const filter = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: condition },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(condition, { minLength: 1, maxLength: 3 }))
      .map(([op, parts]) => ({ [op]: parts }))
  }
);
const sort = fc.array(
  fc.tuple(
    fc.constantFrom('date', 'created_at', 'srvModified', 'type', 'identifier', '_id', 'sgv', 'isValid', 'loop.iob', 'notes'),
    fc.constantFrom<1 | -1>(1, -1)
  ),
  { maxLength: 3 }
);
const query: fc.Arbitrary<Query> = fc.record(
  { filter, sort, skip: fc.nat({ max: 6 }), limit: fc.constantFrom(1, 3, 10, 1500) },
  { requiredKeys: ['filter'] }
) as fc.Arbitrary<Query>;
const keys: fc.Arbitrary<Key[]> = fc.array(
  fc.oneof(
    id.map((_id): Key => ({ _id })),
    fc.constantFrom<Key>({ identifier: 'i1' }, { identifier: 7 }, { syncIdentifier: 's2' }),
    time.map((n): Key => ({ date: AT + n * 60_000, type: 'sgv' }))
  ),
  { maxLength: 4 }
);

type Step =
  | { do: 'change'; changes: Change[] }
  | { do: 'freeze'; upTo: number }
  | { do: 'ask'; query: Query; freeze: boolean }
  | { do: 'candidates'; keys: Key[] };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(change, { minLength: 25, maxLength: 60, size: 'max' }).map((changes): Step => ({ do: 'change', changes }))
  },
  { weight: 3, arbitrary: fc.nat({ max: 350 }).map((upTo): Step => ({ do: 'freeze', upTo })) },
  { weight: 5, arbitrary: query.map((one): Step => ({ do: 'ask', query: one, freeze: false })) },
  { weight: 1, arbitrary: fc.boolean().map((freeze): Step => ({ do: 'ask', query: { filter: {} }, freeze })) },
  { weight: 2, arbitrary: keys.map((list): Step => ({ do: 'candidates', keys: list })) }
);

const texts = async (storage: Storage, one: Query): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of storage.find('entries', one)) found.push(...page.map(({ json }) => json));
  return found;
};

let folder: string;
let tiered: SqliteStorage;
let plain: SqliteStorage;
let clock = AT;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-archive-'));
  tiered = createSqliteStorage({ file: join(folder, 'tiered.db'), now: () => clock, freezeAfterMs: 0, quality: 1 });
  plain = createSqliteStorage({ file: join(folder, 'plain.db') });
});
afterAll(async () => {
  await tiered.close();
  await plain.close();
  rmSync(folder, { recursive: true, force: true });
});

const empty = async (): Promise<void> => {
  for (const storage of [tiered, plain])
    await storage.apply(
      (await texts(storage, { filter: {} })).map((json) => ({
        op: 'remove',
        collection: 'entries',
        _id: (JSON.parse(json) as Doc)._id!
      }))
    );
};

it('answers, counts and orders as a store without archive, whatever is frozen, changed and asked in between', {
  timeout: 600_000
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
      await empty();
      for (const one of steps) {
        if (one.do === 'change') {
          await tiered.apply(one.changes);
          await plain.apply(one.changes);
        } else if (one.do === 'freeze') {
          clock = AT + one.upTo * 60_000;
          await tiered.compact();
        } else if (one.do === 'candidates') {
          const [a, b] = await Promise.all([tiered, plain].map((storage) => storage.candidates('entries', one.keys)));
          expect(a!.map((doc) => JSON.stringify(doc)).sort()).toEqual(b!.map((doc) => JSON.stringify(doc)).sort());
        } else {
          const freezing = one.freeze ? tiered.compact() : undefined;
          expect(await texts(tiered, one.query)).toEqual(await texts(plain, one.query));
          expect(await tiered.count('entries', one.query.filter)).toBe(await plain.count('entries', one.query.filter));
          await freezing;
        }
      }
    }),
    { numRuns: Number(process.env.ARCHIVE_RUNS ?? 40) }
  );
});

it('loses and doubles nothing while documents move between table and archive under a reader', { timeout: 60_000 }, async () => {
  await empty();
  const docs = Array.from({ length: 3000 }, (_, n) => ({ _id: idOf(n), n, date: AT + n * 1000, type: 'sgv' }));
  clock = AT + 1000 * 1000;
  await tiered.apply(docs.map((doc) => ({ op: 'insert', collection: 'entries', doc })));
  await tiered.compact();
  for (const order of [[], [['date', -1]], [['n', 1]]] as NonNullable<Query['sort']>[]) {
    const seen = new Map<number, number>();
    let page = 0;
    for await (const batch of tiered.find('entries', { filter: { type: 'sgv' }, sort: order })) {
      for (const { doc } of batch) seen.set(Number(doc.n), (seen.get(Number(doc.n)) ?? 0) + 1);
      // thawed by a change, frozen by the clock, removed and stored anew: all of it between two pages
      const touched = docs.filter(({ n }) => n % 97 === page);
      await tiered.apply(touched.map((doc) => ({ op: 'replace', collection: 'entries', doc: { ...doc, page } })));
      clock = AT + (1000 + page * 150) * 1000;
      if (page % 3 === 0) await tiered.compact();
      page++;
    }
    expect([...seen.values()].every((times) => times === 1)).toBe(true);
    expect(seen.size).toBe(3000);
    await tiered.compact();
  }
});
