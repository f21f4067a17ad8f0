import { createHash } from 'node:crypto';
import type { Driver } from '../storage/sqlite/driver.ts';
import { INFO_TABLE } from './info.ts';

/** Rows and their digest, per table, as they lie in the file: whatever tables there are, and however they hold documents. */
export type Rows = Readonly<Record<string, { readonly rows: number; readonly hash: string }>>;

/** Tables of a database file, our own record left out. */
function tablesOf(driver: Driver): string[] {
  const found = driver.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  return (found as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => name !== INFO_TABLE)
    .sort();
}

/** Reads every row, in the order of storing. Call it in a transaction to see one moment. */
export function rowsOf(driver: Driver): Rows {
  return Object.fromEntries(
    tablesOf(driver).map((table) => {
      const { ordered } = driver.prepare('SELECT wr = 0 AS ordered FROM pragma_table_list(?)').get(table) as { ordered: number };
      const quoted = `"${table.replaceAll('"', '""')}"`;
      // a table without rowid lies in the order of its key
      const statement = driver.prepare(`SELECT * FROM ${quoted}${ordered ? ' ORDER BY rowid' : ''}`);
      statement.setReturnArrays(true);
      // numbers may be larger than JavaScript can count exactly
      statement.setReadBigInts(true);
      const hash = createHash('sha256');
      let rows = 0;
      for (const row of statement.iterate() as unknown as Iterable<unknown[]>) {
        rows++;
        for (const value of row) {
          if (value instanceof Uint8Array) hash.update(`b${value.length}:`).update(value);
          else
            hash.update(
              `${value === null ? 'n' : typeof value === 'string' ? `s${value.length}` : typeof value}:${String(value)}`
            );
        }
      }
      return [table, { rows, hash: hash.digest('hex') }];
    })
  );
}
