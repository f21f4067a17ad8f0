import { Refusal } from '../../errors.ts';
import { canonicalId } from '../object-id.ts';
import { type Change, COLLECTIONS, INTERNAL, KEY_FIELDS, type Storage, type StoreName } from '../port.ts';
import { createCollection, rowOf } from './collection.ts';
import { connect } from './connection.ts';

interface Pending {
  readonly changes: readonly Change[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The embedded store: one SQLite file, write-ahead log, synced at each commit.
 * @param file path of the database file
 * @throws Error with a sentence for people when the file cannot be used
 */
export function createSqliteStorage({ file }: { file: string }): Storage {
  const driver = connect(file);
  const collections = new Map([...COLLECTIONS, ...INTERNAL].map((name) => [name as StoreName, createCollection(name, driver)]));
  const columns = KEY_FIELDS.map((field) => `"k_${field}"`);
  const assignments = ['odd', 'doc', ...columns].map((column) => `${column} = excluded.${column}`).join(', ');
  const upsert = (name: StoreName) =>
    `INSERT INTO "${name}" (id, odd, doc, ${columns.join(', ')}) VALUES (?, ?, ?, ${columns.map(() => '?').join(', ')}) ON CONFLICT (id) DO UPDATE SET ${assignments}`;
  let pending: Pending[] = [];
  let closed = false;

  const make = (change: Change): void => {
    if (change.op === 'remove') driver.prepare(`DELETE FROM "${change.collection}" WHERE id = ?`).run(canonicalId(change._id));
    else driver.prepare(upsert(change.collection)).run(...rowOf(change.doc));
  };

  /** All or nothing, and one sync for the lot. */
  function transact(group: readonly Pending[]): void {
    driver.exec('BEGIN IMMEDIATE');
    try {
      for (const { changes } of group) for (const change of changes) make(change);
      driver.exec('COMMIT');
    } catch (error) {
      rollBack();
      throw error;
    }
  }

  function rollBack(): void {
    try {
      driver.exec('ROLLBACK');
    } catch {
      // a full disk has rolled back by itself
    }
  }

  function flush(): void {
    const group = pending;
    pending = [];
    if (group.length === 0) return;
    try {
      transact(group);
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1) group[0]!.reject(troubleOf(error));
      else for (const one of group) settle(one);
    }
  }

  function settle(one: Pending): void {
    try {
      transact([one]);
      one.resolve();
    } catch (error) {
      one.reject(troubleOf(error));
    }
  }

  return {
    kind: 'sqlite',
    version: async () => (driver.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version,
    find: (name, query) => collections.get(name)!.find(query),
    count: (name, filter) => collections.get(name)!.count(filter),
    candidates: async (name, keys) => collections.get(name)!.candidates(keys),
    apply: (changes) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Refusal('storage-away', 'The server is shutting down', 1));
        pending.push({ changes, resolve, reject });
        // everything that comes in during this turn of the event loop shares one transaction
        if (pending.length === 1) setImmediate(flush);
      }),
    async sizes() {
      const { pages } = driver
        .prepare('SELECT page_count - freelist_count AS pages FROM pragma_page_count, pragma_freelist_count')
        .get() as { pages: number };
      const { page_size: size } = driver.prepare('PRAGMA page_size').get() as { page_size: number };
      return { dataSize: pages * size, indexSize: 0 };
    },
    ping: async () => void driver.prepare('SELECT 1').get(),
    async close() {
      if (closed) return;
      closed = true;
      if (pending.length > 0) flush();
      driver.close();
    }
  };
}

/** A full disk or an unreadable file is no fault of the request: 503, and the sentence says what to do. */
function troubleOf(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/disk is full|SQLITE_FULL/i.test(message)) return new Refusal('storage-away', 'The disk is full', 60);
  if (/disk I\/O error|readonly|locked|busy|unable to open/i.test(message))
    return new Refusal('storage-away', 'The database file cannot be written', 10);
  return error;
}
