import { describe, expect, it } from 'vitest';
import { COLLECTIONS, INTERNAL } from '../../src/storage/port.ts';
import { type Bench, idOf, insert, readAll } from './store-bench.ts';

export function housekeepingContract(bench: Bench): void {
  describe('housekeeping', () => {
    it('every collection can be read, counted and written from the start', async () => {
      const { storage, cleanup } = await bench.open();
      for (const collection of [...COLLECTIONS, ...INTERNAL]) {
        expect(await storage.count(collection, {})).toBe(0);
        expect(await readAll(storage, collection)).toEqual([]);
        await storage.apply([insert(collection, { _id: idOf(1), collection })]);
        expect(await readAll(storage, collection)).toEqual([{ _id: idOf(1), collection }]);
      }
      await storage.close();
      await cleanup();
    });

    it('tells its version, answers a ping', async () => {
      expect(await bench.storage.version()).toMatch(/^\d+\.\d+\.\d+/);
      await expect(bench.storage.ping()).resolves.toBeUndefined();
    });

    it('tells its size, which grows with its documents', async () => {
      const before = await bench.storage.sizes();
      await bench.put('entries', ...Array.from({ length: 300 }, (_, n) => ({ _id: idOf(n), text: 'x'.repeat(1000) })));
      const after = await bench.storage.sizes();
      expect(after.dataSize + after.indexSize).toBeGreaterThan(before.dataSize + before.indexSize + 250_000);
    });

    it('close finishes what is under way, may be called twice, and later writes are refused', async () => {
      const { storage, cleanup } = await bench.open();
      let stored = false;
      const write = storage.apply([insert('entries', { _id: idOf(1) })]).then(() => {
        stored = true;
      });
      await storage.close();
      expect(stored).toBe(true);
      await write;
      await storage.close();
      await expect(storage.apply([insert('entries', { _id: idOf(2) })])).rejects.toMatchObject({ code: 'storage-away' });
      await cleanup();
    });
  });
}
