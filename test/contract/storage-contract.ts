import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { StoreName } from '../../src/storage/port.ts';
import { filterContract } from './filters.ts';
import { housekeepingContract } from './housekeeping.ts';
import { identityContract } from './identity.ts';
import { orderContract } from './order.ts';
import { propertyContract } from './properties.ts';
import { roundTripContract } from './round-trip.ts';
import { type Bench, insert, type Opened, readAll } from './store-bench.ts';
import { writeContract } from './writes.ts';

const USED: StoreName[] = ['entries', 'treatments', 'profile', 'tombstones', 'state'];

/**
 * What every store must do, as the rest of the server relies on it.
 * @param open gives a new, empty store
 */
export function storageContract(name: string, open: () => Promise<Opened>): void {
  describe(`storage contract: ${name}`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened.storage.close();
      await opened.cleanup();
    });
    const bench: Bench = {
      get storage() {
        return opened.storage;
      },
      open,
      put: (collection, ...docs) => opened.storage.apply(docs.map((doc) => insert(collection, doc))),
      read: (collection, query = {}) => readAll(opened.storage, collection, query),
      ids: async (collection, filter) => (await readAll(opened.storage, collection, { filter })).map(({ _id }) => _id!).sort()
    };
    beforeEach(async () => {
      for (const collection of USED) {
        const docs = await bench.read(collection);
        await opened.storage.apply(docs.map(({ _id }) => ({ op: 'remove', collection, _id: _id! })));
      }
    });

    roundTripContract(bench);
    orderContract(bench);
    filterContract(bench);
    identityContract(bench);
    writeContract(bench);
    propertyContract(bench);
    housekeepingContract(bench);
  });
}
