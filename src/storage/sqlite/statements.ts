import type { StoreName } from '../port.ts';
import type { Driver, Value } from './driver.ts';
import { COLUMNS } from './row.ts';

/** Rows that go into one statement: more cost more in preparing than they save in calling. */
const TOGETHER = 20;

const ASSIGNMENTS = COLUMNS.slice(1)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');
const ALL_COLUMNS = COLUMNS.map((_, n) => n);
const PLACES = COLUMNS.map(() => '?').join(', ');

/** Writes rows ({@link rowOf}) of one collection. */
export interface Rows {
  /** Stores a row, or puts it in the place of the one with its id. */
  upsert(row: readonly Value[]): void;
  /** Stores a row at a place in the order of storing. */
  insertAt(seq: number, row: readonly Value[]): void;
  /** Stores rows one after the other, as {@link upsert} would, several with one statement. */
  upsertAll(rows: readonly (readonly Value[])[]): void;
  /** @returns false when there is none */
  remove(id: string): boolean;
}

export function createRows(name: StoreName, driver: Driver): Rows {
  const upsertSql = `INSERT INTO "${name}" (${COLUMNS.join(', ')}) VALUES (${PLACES}) ON CONFLICT (id) DO UPDATE SET ${ASSIGNMENTS}`;
  const insertSql = `INSERT INTO "${name}" (seq, ${COLUMNS.join(', ')}) VALUES (?, ${PLACES})`;
  const removeSql = `DELETE FROM "${name}" WHERE id = ?`;
  const together = new Map<string, string>();

  const upsert = (row: readonly Value[]): void => void driver.prepare(upsertSql).run(...row);

  /** A document has few of the columns; the others are not bound. */
  function togetherSql(shape: string, columns: readonly number[]): string {
    let sql = together.get(shape);
    if (!sql) {
      const one = `(${columns.map(() => '?').join(', ')})`;
      sql = `INSERT OR IGNORE INTO "${name}" (${columns.map((n) => COLUMNS[n]).join(', ')}) VALUES ${Array(TOGETHER).fill(one).join(', ')}`;
      if (together.size >= 20) together.clear();
      together.set(shape, sql);
    }
    return sql;
  }

  return {
    upsert,
    insertAt: (seq, row) => void driver.prepare(insertSql).run(seq, ...row),
    upsertAll(rows) {
      let at = 0;
      while (at + TOGETHER <= rows.length) {
        const some = rows.slice(at, at + TOGETHER);
        const columns = ALL_COLUMNS.filter((n) => some.some((row) => row[n] !== null));
        const values: Value[] = [];
        for (const row of some) for (const n of columns) values.push(row[n]!);
        const { changes } = driver.prepare(togetherSql(columns.join(), columns)).run(...values);
        // some id was there already, or comes twice
        if (changes !== TOGETHER) for (const row of some) upsert(row);
        at += TOGETHER;
      }
      for (const row of rows.slice(at)) upsert(row);
    },
    remove: (id) => driver.prepare(removeSql).run(id).changes !== 0
  };
}
