// The only place that names the SQLite library. It speaks the API of node:sqlite, which can take over once Node 24 is the floor.
import { backup, DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';

type Statement = StatementSyncInstance;
export type Value = string | number | null | Uint8Array;

/** One open database file with its prepared statements, each prepared once. */
export interface Driver {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  /** Copies the database page by page on another thread, as it is at one moment when a transaction is open. @param onPages told how many there are and are left */
  copyTo(file: string, onPages?: (total: number, left: number) => void): Promise<void>;
  close(): void;
}

/** Pages between two reports of a copy: 8 MB of the usual ones. */
const COPY_PAGES = 2000;

/** How many statements stay prepared; queries come in few shapes, hostile ones in many. */
const MAX_STATEMENTS = 400;

/**
 * Opens (or creates) a database file.
 * @param options.timeout how long to wait for a lock of another process, ms
 * @throws the library's error when the file cannot be opened
 */
export function openDriver(file: string, options: { readonly readOnly?: boolean; readonly timeout?: number } = {}): Driver {
  const database = new DatabaseSync(file, { timeout: 5000, ...options });
  const statements = new Map<string, Statement>();
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known) return known;
      if (statements.size >= MAX_STATEMENTS) statements.delete(statements.keys().next().value!);
      const statement = database.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
    exec: (sql) => database.exec(sql),
    async copyTo(file, onPages) {
      await backup(database, file, {
        rate: COPY_PAGES,
        ...(onPages && { progress: ({ totalPages, remainingPages }) => onPages(totalPages, remainingPages) })
      });
    },
    close() {
      statements.clear();
      database.close();
    }
  };
}
