// The only place that names the SQLite library. It speaks the API of node:sqlite, which can take over once Node 24 is the floor.
import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';

type Statement = StatementSyncInstance;
export type Value = string | number | null | Uint8Array;

/** One open database file with its prepared statements, each prepared once. */
export interface Driver {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
}

/** How many statements stay prepared; queries come in few shapes, hostile ones in many. */
const MAX_STATEMENTS = 400;

/** Opens (or creates) a database file. @throws the library's error when the file cannot be opened */
export function openDriver(file: string): Driver {
  const database = new DatabaseSync(file, { timeout: 5000 });
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
    close() {
      statements.clear();
      database.close();
    }
  };
}
