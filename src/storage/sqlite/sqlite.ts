import { COLLECTIONS, INTERNAL, type Storage, type Stored, type StoreName } from '../port.ts';
import { createArchive } from './cold/archive.ts';
import { createFreezer, type FreezeReport } from './cold/freezer.ts';
import { scheduleFreezing } from './cold/schedule.ts';
import { createCollection } from './collection.ts';
import { connect, takeInLog, writeAnything } from './connection.ts';
import { createSizes } from './sizes.ts';
import { createTrouble } from './trouble.ts';
import { createWalSync } from './wal-sync.ts';
import { createWriter } from './writer.ts';

interface Options {
  /** Path of the database file. */
  readonly file: string;
  /** The clock, epoch ms. */
  readonly now?: () => number;
  /** Whether old documents go into the archive by themselves: for a server; a copy that is checked or restored stays as it is. */
  readonly background?: boolean;
  /** When documents go into the archive, ms after the latest of their times; below zero: at once. Default: after days. */
  readonly freezeAfterMs?: number;
  /** How hard blocks are compressed (brotli 0–11), outside of the event loop. */
  readonly quality?: number;
  /** Hears a sentence when the file cannot be written any more (a full disk, say), undefined when it can again. */
  readonly onTrouble?: ((sentence: string | undefined) => void) | undefined;
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
  background = false,
  freezeAfterMs,
  quality = 10,
  onTrouble
}: Options): SqliteStorage {
  const driver = connect(file);
  const wal = createWalSync(file);
  const archive = createArchive(driver);
  const collections = new Map(
    [...COLLECTIONS, ...INTERNAL].map((name) => [name as StoreName, createCollection(name, driver, archive)])
  );
  const trouble = createTrouble(file, () => writeAnything(driver), onTrouble);
  const writer = createWriter(driver, archive, wal, (name) => collections.get(name)!.expectOdd(), trouble.refusalOf);
  const freezer = createFreezer(driver, archive, {
    now,
    quality,
    pauseMs: 50,
    ...(freezeAfterMs !== undefined && { afterMs: freezeAfterMs })
  });
  // what a run could not do is done by the next; a full disk is told of
  const schedule = background ? scheduleFreezing(freezer, archive, (error) => void trouble.refusalOf(error)) : undefined;
  const sizes = createSizes(driver);
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
    schedule?.stop();
    await freezer.stop();
    await sizes.stop();
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
        return await collections.get(name)!.candidates(keys);
      } catch (error) {
        return explain(error);
      }
    },
    apply: (changes) => writer.apply(changes),
    sizes: async () => sizes.read(),
    ping: async () => void driver.prepare('SELECT 1').get(),
    details: () => ({ archive: archive.directory.totals() }),
    compact: () => freezer.run(true),
    vacuum: () => driver.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM'),
    close: () => {
      closing ??= close();
      return closing;
    }
  };
}
