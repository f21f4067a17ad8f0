import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMongoStorage } from '../../src/storage/mongo/mongo.ts';
import { pageBound, timeIn } from '../../src/storage/mongo/page-bound.ts';
import type { Storage } from '../../src/storage/port.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { settingsFor } from './mongo-settings.ts';

// issue 6: pages of API v3, whose order no index has; each sorted the whole collection

describe.skipIf(!mongoUrl())('pages in the order of API v3', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let storage: Storage;
  beforeAll(async () => {
    database = await freshDatabase();
    storage = createMongoStorage(settingsFor(database.url), { log: pino({ level: 'silent' }) });
    await storage.ping();
  });
  afterAll(async () => {
    await storage.close();
    await database.drop();
  });

  const idsOf = async (query: Parameters<Storage['find']>[1]): Promise<unknown[]> => {
    const ids: unknown[] = [];
    for await (const batch of storage.find('entries', query)) ids.push(...batch.map(({ doc }) => doc._id));
    return ids;
  };

  it('are what the database would sort as a whole, whatever stands in the time field', async () => {
    const few = fc.integer({ min: 1, max: 6 });
    const date = fc.oneof(
      { weight: 12, arbitrary: few },
      { weight: 3, arbitrary: few.map(String) },
      { weight: 1, arbitrary: fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, true, new Date(5)) },
      { weight: 1, arbitrary: fc.array(fc.oneof(few, fc.constantFrom('x', null)), { maxLength: 2 }) },
      { weight: 1, arbitrary: few.map((n) => ({ n })) }
    );
    const doc = fc.record({
      date,
      identifier: fc.constantFrom('a', 'b', undefined),
      isValid: fc.constantFrom(undefined, true, false)
    });
    const entries = database.client.db().collection('entries');
    await fc.assert(
      fc.asyncProperty(
        fc.array(doc, { maxLength: 25 }),
        fc.constantFrom(1 as const, -1 as const),
        fc.nat(6),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom({}, { isValid: { $ne: false } }, { date: { $gte: 2 }, isValid: { $ne: false } }, { date: { $lt: '5' } }),
        async (docs, way, skip, limit, filter) => {
          await entries.deleteMany({});
          if (docs.length > 0)
            await entries.insertMany(
              docs.map((one, n) => ({ _id: `r${String(n).padStart(3, '0')}` as never, ...one })),
              { ignoreUndefined: true }
            );
          const sort = { date: way, identifier: way, created_at: way, _id: way };
          const expected = await entries
            .find(filter as never)
            .sort(sort)
            .skip(skip)
            .limit(limit)
            .toArray();
          const query = {
            filter,
            sort: [
              ['date', way],
              ['identifier', way],
              ['created_at', way]
            ],
            skip,
            limit
          } as const;
          expect(await idsOf(query)).toEqual(expected.map(({ _id }) => _id));
        }
      ),
      { numRuns: 300 }
    );
  });

  it('leave the rest of the collection unread', async () => {
    const entries = database.client.db().collection('entries');
    await entries.deleteMany({});
    await entries.insertMany(Array.from({ length: 5000 }, (_, n) => ({ date: n, identifier: `i${n}` })));
    await expect.poll(async () => (await entries.indexes()).map(({ name }) => name)).toContain('date_1__id_1');
    const filter = { isValid: { $ne: false } };
    const sort = [
      ['date', -1],
      ['identifier', -1],
      ['created_at', -1]
    ] as const;
    const timeAt = timeIn(entries, filter, 1000);
    const bound = await pageBound('entries', { filter, sort, limit: 100 }, timeAt);
    expect(bound).toEqual({ date: { $gte: 4900 } });
    const cursor = entries.find({ $and: [filter, bound!] }).sort({ date: -1, identifier: -1, created_at: -1, _id: -1 });
    const { executionStats } = await cursor.limit(100).explain('executionStats');
    expect(executionStats.totalDocsExamined).toBe(100);
  });

  it.each([
    ['one term', { filter: {}, sort: [['date', -1]], limit: 10 }],
    [
      'no limit',
      {
        filter: {},
        sort: [
          ['date', -1],
          ['identifier', -1]
        ]
      }
    ],
    [
      'an order by anything but a time',
      {
        filter: {},
        sort: [
          ['identifier', 1],
          ['date', 1]
        ],
        limit: 10
      }
    ],
    [
      'a time without an index',
      {
        filter: {},
        sort: [
          ['startDate', 1],
          ['date', 1]
        ],
        limit: 10
      }
    ],
    [
      'a condition that another index serves',
      {
        filter: { identifier: 'x' },
        sort: [
          ['date', 1],
          ['identifier', 1]
        ],
        limit: 10
      }
    ]
  ] as const)('are left to the database with %s', async (_, query) => {
    expect(await pageBound('entries', query, async () => 5)).toBeUndefined();
  });
});
