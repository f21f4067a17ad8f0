import { COLLECTIONS, INTERNAL, type Storage, type StoreName } from '../port.ts';
import { createArchive } from './cold/archive.ts';
import { createFreezer, type FreezeReport } from './cold/freezer.ts';
import { scheduleFreezing } from './cold/schedule.ts';
import { createCollection } from './collection.ts';
import { connect } from './connection.ts';
import { createSizes } from './sizes.ts';
import { createWalSync } from './wal-sync.ts';
import { createWriter } from './writer.ts';

interface Options {
  /** Path of the database file. */
  readonly file: string;
  /** The clock, epoch ms. */
  readonly now?: () => number;
  /** When documents go into the archive, ms after the latest of their times; below zero: at once. Default: after days. */
  readonly freezeAfterMs?: number;
  /** How hard blocks are compressed (brotli 0–11), outside of the event loop. */
  readonly quality?: number;
  /** Hears why a run of the freezer failed; what it did not do is done by the next. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A {@link Storage} with an archive. */
export interface SqliteStorage extends Storage {
  /** Moves everything old enough into the archive now, instead of some of it every hour. */
  compact(): Promise<FreezeReport>;
  /** Writes the whole file anew, without empty pages; nothing else can be done meanwhile. */
  vacuum(): void;
}

/**
 * The embedded store: one SQLite file with a write-ahead log, synced before a write is acknowledged. Documents of the last days
 * lie in tables as they are, older ones in compressed blocks; a query sees no difference.
 * @throws Error with a sentence for people when the file cannot be used
 */
export function createSqliteStorage({
  file,
  now = Date.now,
  freezeAfterMs,
  quality = 10,
  onTrouble = () => {}
}: Options): SqliteStorage {
  const driver = connect(file);
  const wal = createWalSync(file);
  const archive = createArchive(driver);
  const collections = new Map(
    [...COLLECTIONS, ...INTERNAL].map((name) => [name as StoreName, createCollection(name, driver, archive)])
  );
  const writer = createWriter(driver, archive, wal, (name) => collections.get(name)!.expectOdd());
  const freezer = createFreezer(driver, archive, {
    now,
    quality,
    pauseMs: 50,
    ...(freezeAfterMs !== undefined && { afterMs: freezeAfterMs })
  });
  const schedule = scheduleFreezing(freezer, archive, onTrouble);
  const sizes = createSizes(driver);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    schedule.stop();
    await freezer.stop();
    await sizes.stop();
    await writer.close();
    await wal.close();
    driver.close();
  }

  return {
    kind: 'sqlite',
    version: async () => (driver.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version,
    find: (name, query) => collections.get(name)!.find(query),
    count: (name, filter) => collections.get(name)!.count(filter),
    candidates: async (name, keys) => collections.get(name)!.candidates(keys),
    apply: (changes) => writer.apply(changes),
    sizes: async () => sizes.read(),
    ping: async () => void driver.prepare('SELECT 1').get(),
    compact: () => freezer.run(true),
    vacuum: () => driver.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM'),
    close: () => {
      closing ??= close();
      return closing;
    }
  };
}
