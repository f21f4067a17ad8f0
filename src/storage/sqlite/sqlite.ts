import { COLLECTIONS, INTERNAL, type Storage, type Stored, type StoreName } from '../port.ts';
import { createCollection } from './collection.ts';
import { connect, takeInLog, writeAnything } from './connection.ts';
import { createTrouble } from './trouble.ts';
import { createWalSync } from './wal-sync.ts';
import { createWriter } from './writer.ts';

/**
 * The embedded store: one SQLite file with a write-ahead log, synced before a write is acknowledged.
 * @param file path of the database file
 * @param onTrouble hears a sentence when the file cannot be written any more (a full disk, say), undefined when it can again
 * @throws Error with a sentence for people when the file cannot be used
 */
export function createSqliteStorage({
  file,
  onTrouble
}: {
  file: string;
  onTrouble?: ((sentence: string | undefined) => void) | undefined;
}): Storage {
  const driver = connect(file);
  const wal = createWalSync(file);
  const collections = new Map([...COLLECTIONS, ...INTERNAL].map((name) => [name as StoreName, createCollection(name, driver)]));
  const trouble = createTrouble(file, () => writeAnything(driver), onTrouble);
  const writer = createWriter(driver, wal, (name) => collections.get(name)!.expectOdd(), trouble.refusalOf);
  let closing: Promise<void> | undefined;

  function explain(error: unknown): never {
    throw trouble.refusalOf(error);
  }

  async function* explained(found: AsyncIterable<Stored[]>): AsyncIterable<Stored[]> {
    try {
      yield* found;
    } catch (error) {
      explain(error);
    }
  }

  async function close(): Promise<void> {
    await writer.close();
    await wal.close();
    trouble.close();
    takeInLog(driver);
    driver.close();
  }

  return {
    kind: 'sqlite',
    version: async () => (driver.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version,
    find: (name, query) => explained(collections.get(name)!.find(query)),
    count: (name, filter) => collections.get(name)!.count(filter).catch(explain),
    candidates: async (name, keys) => {
      try {
        return collections.get(name)!.candidates(keys);
      } catch (error) {
        return explain(error);
      }
    },
    apply: (changes) => writer.apply(changes),
    async sizes() {
      const { pages } = driver
        .prepare('SELECT page_count - freelist_count AS pages FROM pragma_page_count, pragma_freelist_count')
        .get() as { pages: number };
      const { page_size: size } = driver.prepare('PRAGMA page_size').get() as { page_size: number };
      return { dataSize: pages * size, indexSize: 0 };
    },
    ping: async () => void driver.prepare('SELECT 1').get(),
    close: () => {
      closing ??= close();
      return closing;
    }
  };
}
