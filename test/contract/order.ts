import { describe, expect, it } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import type { Query } from '../../src/storage/query.ts';
import { type Bench, idOf, readAll } from './store-bench.ts';

const numbers = (docs: readonly Doc[]): number[] => docs.map(({ n }) => Number(n));

/** n is the order of storing; `date` and `created_at` (indexed) and `extra` (not) come with ties. */
const DOCS = [
  { date: 30, created_at: 'c', extra: 1 },
  { date: 10, created_at: 'a', extra: 2 },
  { date: 20, created_at: 'b', extra: 1 },
  { date: 10, created_at: 'a', extra: 3 },
  { date: 30, created_at: 'c', extra: 2 },
  { date: 10, created_at: 'a', extra: 1 }
].map((doc, n) => ({ _id: idOf(n), n, ...doc }));

const ORDERS: readonly [what: string, query: Partial<Query>, expected: number[]][] = [
  ['no sort: as stored', {}, [0, 1, 2, 3, 4, 5]],
  ['no sort, filtered: as stored', { filter: { date: { $gte: 20 } } }, [0, 2, 4]],
  ['an indexed number upwards, ties as stored', { sort: [['date', 1]] }, [1, 3, 5, 2, 0, 4]],
  ['an indexed number downwards, ties reversed', { sort: [['date', -1]] }, [4, 0, 2, 5, 3, 1]],
  ['an indexed text downwards', { sort: [['created_at', -1]] }, [4, 0, 2, 5, 3, 1]],
  ['another field upwards', { sort: [['extra', 1]] }, [0, 2, 5, 1, 4, 3]],
  ['another field downwards', { sort: [['extra', -1]] }, [3, 4, 1, 5, 2, 0]],
  [
    'two fields, mixed',
    {
      sort: [
        ['date', 1],
        ['extra', -1]
      ]
    },
    [3, 1, 5, 2, 4, 0]
  ],
  [
    'two fields, ties by the first direction',
    {
      sort: [
        ['date', -1],
        ['created_at', 1]
      ]
    },
    [4, 0, 2, 5, 3, 1]
  ],
  ['limit', { sort: [['date', -1]], limit: 2 }, [4, 0]],
  ['limit without sort', { limit: 3 }, [0, 1, 2]],
  ['skip and limit', { sort: [['date', -1]], skip: 1, limit: 3 }, [0, 2, 5]],
  ['skip alone', { skip: 4 }, [4, 5]],
  ['skip past the end', { skip: 99, limit: 5 }, []],
  ['a limit of nothing', { limit: 0 }, []],
  ['a limit beyond the end', { sort: [['date', 1]], limit: 1000 }, [1, 3, 5, 2, 0, 4]],
  ['filter, sort, skip and limit', { filter: { extra: 1 }, sort: [['date', -1]], skip: 1, limit: 1 }, [2]],
  [
    'a filter SQL cannot say, with skip and limit',
    { filter: { created_at: { $regex: '^[ac]$' } }, sort: [['date', -1]], skip: 1, limit: 2 },
    [0, 5]
  ],
  ['by id downwards', { sort: [['_id', -1]] }, [5, 4, 3, 2, 1, 0]]
];

export function orderContract(bench: Bench): void {
  describe('order', () => {
    it.each(ORDERS)('%s', async (_what, query, expected) => {
      await bench.put('entries', ...DOCS);
      expect(numbers(await bench.read('entries', query))).toEqual(expected);
    });

    it('pages of equal times neither lose nor repeat a document', async () => {
      await bench.put('entries', ...Array.from({ length: 60 }, (_, n) => ({ _id: idOf(n), n, date: Math.floor(n / 25) })));
      for (const direction of [1, -1] as const) {
        const paged: number[] = [];
        for (let skip = 0; skip < 60; skip += 7)
          paged.push(...numbers(await bench.read('entries', { sort: [['date', direction]], skip, limit: 7 })));
        expect(paged.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n));
      }
    });

    it('missing and null sort before numbers, numbers before text', async () => {
      await bench.put(
        'entries',
        { _id: idOf(1), date: 'text' },
        { _id: idOf(2), date: 5 },
        { _id: idOf(3) },
        { _id: idOf(4), date: -5 }
      );
      const found = await bench.read('entries', { sort: [['date', 1]] });
      expect(found.map(({ _id }) => _id)).toEqual([3, 4, 2, 1].map(idOf));
    });

    it('keeps the place of a document that is replaced', async () => {
      await bench.put('entries', ...DOCS);
      await bench.storage.apply([{ op: 'replace', collection: 'entries', doc: { ...DOCS[1]!, later: true } }]);
      expect(numbers(await bench.read('entries'))).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });

  describe('large results', () => {
    it('come in batches, complete and in order; a consumer may stop early', async () => {
      const { storage, cleanup } = await bench.open();
      const docs = Array.from({ length: 5000 }, (_, n) => ({
        _id: idOf(n),
        n,
        date: 1_700_000_000_000 + n * 300_000,
        type: 'sgv',
        sgv: 40 + (n % 360)
      }));
      for (let at = 0; at < docs.length; at += 1000) {
        await storage.apply(docs.slice(at, at + 1000).map((doc) => ({ op: 'insert', collection: 'entries', doc })));
      }
      let batches = 0;
      let largest = 0;
      const seen: number[] = [];
      for await (const batch of storage.find('entries', { filter: { type: 'sgv' }, sort: [['date', -1]] })) {
        batches += 1;
        largest = Math.max(largest, batch.length);
        seen.push(...numbers(batch.map(({ doc }) => doc)));
      }
      expect(seen).toEqual(Array.from({ length: 5000 }, (_, n) => 4999 - n));
      expect(batches).toBeGreaterThan(4);
      expect(largest).toBeLessThanOrEqual(1000);

      for await (const batch of storage.find('entries', { filter: {} })) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      // removing what is being read (v1 DELETE of a range) must reach every document
      for await (const batch of storage.find('entries', { filter: { sgv: { $gte: 100 } } })) {
        await storage.apply(batch.map(({ doc }) => ({ op: 'remove', collection: 'entries', _id: doc._id! })));
      }
      expect(await storage.count('entries', {})).toBe(docs.filter(({ sgv }) => sgv < 100).length);
      expect(await readAll(storage, 'entries', { filter: { sgv: { $gte: 100 } } })).toEqual([]);
      await storage.close();
      await cleanup();
    });
  });
}
