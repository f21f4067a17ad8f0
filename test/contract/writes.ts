import { describe, expect, it } from 'vitest';
import { type Bench, idOf, insert } from './store-bench.ts';

export function writeContract(bench: Bench): void {
  describe('apply', () => {
    it('inserts, replaces and removes in one go', async () => {
      await bench.put('entries', { _id: idOf(1), v: 1, gone: true }, { _id: idOf(2), v: 1 });
      await bench.storage.apply([
        insert('entries', { _id: idOf(3), v: 1 }),
        { op: 'replace', collection: 'entries', doc: { _id: idOf(1), v: 2 } },
        { op: 'remove', collection: 'entries', _id: idOf(2) }
      ]);
      expect(await bench.read('entries')).toEqual([
        { _id: idOf(1), v: 2 },
        { _id: idOf(3), v: 1 }
      ]);
    });

    it('a repeated attempt does no harm', async () => {
      const changes = [
        insert('entries', { _id: idOf(1), v: 1 }),
        insert('tombstones', { _id: `entries:${idOf(2)}`, collection: 'entries' })
      ];
      await bench.storage.apply(changes);
      await bench.storage.apply(changes);
      expect(await bench.read('entries')).toEqual([{ _id: idOf(1), v: 1 }]);
      expect(await bench.storage.count('tombstones', {})).toBe(1);
    });

    it('a replace of what is no longer there stores it; a remove of nothing is no error', async () => {
      await bench.storage.apply([
        { op: 'replace', collection: 'entries', doc: { _id: idOf(1), v: 1 } },
        { op: 'remove', collection: 'entries', _id: idOf(9) },
        { op: 'remove', collection: 'entries', _id: 'unknown' }
      ]);
      expect(await bench.read('entries')).toEqual([{ _id: idOf(1), v: 1 }]);
    });

    it('of several changes of one document the last one stands', async () => {
      const upper = 'ABCDEF0123456789ABCDEF01';
      await bench.put('entries', { _id: idOf(2), v: 0 });
      await bench.storage.apply([
        insert('entries', { _id: idOf(1), v: 1 }),
        { op: 'replace', collection: 'entries', doc: { _id: idOf(1), v: 2 } },
        { op: 'remove', collection: 'entries', _id: idOf(2) },
        insert('entries', { _id: idOf(2), v: 3 }),
        insert('entries', { _id: idOf(3), v: 1 }),
        { op: 'remove', collection: 'entries', _id: idOf(3) },
        insert('entries', { _id: upper, v: 1 }),
        insert('entries', { _id: upper.toLowerCase(), v: 2 })
      ]);
      const found = await bench.read('entries', { sort: [['_id', 1]] });
      expect(found.map(({ _id, v }) => [_id, v])).toEqual([
        [idOf(1), 2],
        [idOf(2), 3],
        [upper.toLowerCase(), 2]
      ]);
    });

    it('collections are apart: one id in two of them is two documents', async () => {
      await bench.put('entries', { _id: idOf(1), v: 1 });
      await bench.put('treatments', { _id: idOf(1), v: 2 });
      await bench.storage.apply([{ op: 'remove', collection: 'entries', _id: idOf(1) }]);
      expect(await bench.read('treatments')).toEqual([{ _id: idOf(1), v: 2 }]);
    });

    it('nothing to do is done at once', async () => {
      await expect(bench.storage.apply([])).resolves.toBeUndefined();
    });

    it('parallel callers: every document arrives, once', async () => {
      await Promise.all(Array.from({ length: 100 }, (_, n) => bench.put('entries', { _id: idOf(n), n }, { _id: `t${n}`, n })));
      expect(await bench.storage.count('entries', {})).toBe(200);
    });

    it('parallel callers of one document: it is stored once, as one of them sent it', async () => {
      for (let round = 0; round < 5; round++) {
        const id = idOf(100 + round);
        await Promise.all(Array.from({ length: 20 }, (_, n) => bench.put('entries', { _id: id, a: n, b: n })));
        const found = await bench.read('entries', { filter: { _id: id } });
        expect(found).toHaveLength(1);
        expect(found[0]!.a).toBe(found[0]!.b);
      }
    });

    it('the writer does not see the caller change its document afterwards', async () => {
      const doc = { _id: idOf(1), v: 1 };
      await bench.put('entries', doc);
      doc.v = 2;
      expect(await bench.read('entries')).toEqual([{ _id: idOf(1), v: 1 }]);
    });

    it('a read after the write sees it', async () => {
      for (let n = 0; n < 20; n++) {
        await bench.put('state', { _id: 'counter', n });
        expect(await bench.read('state', { filter: { _id: 'counter' } })).toEqual([{ _id: 'counter', n }]);
      }
    });
  });
}
