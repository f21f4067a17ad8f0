import type { Storage } from '../../src/storage/port.ts';
import type { SqliteStorage } from '../../src/storage/sqlite/sqlite.ts';

/** A store in which everything lies in the archive whenever it is read: every answer must be the same as without. */
export function frozen(storage: SqliteStorage): SqliteStorage {
  return {
    ...storage,
    async *find(...args: Parameters<Storage['find']>) {
      await storage.compact();
      yield* storage.find(...args);
    },
    async count(...args) {
      await storage.compact();
      return storage.count(...args);
    },
    async candidates(...args) {
      await storage.compact();
      return storage.candidates(...args);
    }
  };
}
