import { Refusal } from '../../errors.ts';
import { canonicalId } from '../object-id.ts';
import { type Change, KEY_FIELDS, type StoreName } from '../port.ts';
import { rowOf } from './collection.ts';
import type { Driver } from './driver.ts';
import type { WalSync } from './wal-sync.ts';

interface Pending {
  readonly changes: readonly Change[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes of all collections: what comes in during one turn of the event loop shares one transaction and one sync. */
export interface Writer {
  apply(changes: readonly Change[]): Promise<void>;
  /** Finishes what waits; later calls are refused. */
  close(): Promise<void>;
}

const COLUMNS = KEY_FIELDS.map((field) => `"k_${field}"`);
const ASSIGNMENTS = ['odd', 'doc', ...COLUMNS].map((column) => `${column} = excluded.${column}`).join(', ');
const upsertInto = (name: StoreName): string =>
  `INSERT INTO "${name}" (id, odd, doc, ${COLUMNS.join(', ')}) VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (id) DO UPDATE SET ${ASSIGNMENTS}`;

/**
 * @param expectOdd told before a document is written whose key fields SQL cannot compare
 * @param troubleOf what an error of the database or the disk means for the caller
 */
export function createWriter(
  driver: Driver,
  wal: WalSync,
  expectOdd: (name: StoreName) => void,
  troubleOf: (error: unknown) => unknown
): Writer {
  let pending: Pending[] = [];
  let closed = false;
  const unsettled = new Set<Promise<void>>();

  function make(change: Change): void {
    if (change.op === 'remove') {
      driver.prepare(`DELETE FROM "${change.collection}" WHERE id = ?`).run(canonicalId(change._id));
      return;
    }
    const row = rowOf(change.doc);
    if (row.odd) expectOdd(change.collection);
    driver.prepare(upsertInto(change.collection)).run(...row.values);
  }

  /** All or nothing. */
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
      acknowledge(group);
    } catch (error) {
      if (group.length === 1) group[0]!.reject(troubleOf(error));
      else for (const one of group) alone(one);
    }
  }

  function alone(one: Pending): void {
    try {
      transact([one]);
      acknowledge([one]);
    } catch (error) {
      one.reject(troubleOf(error));
    }
  }

  function acknowledge(group: readonly Pending[]): void {
    const settled = wal
      .sync()
      .then(
        () => {
          for (const { resolve } of group) resolve();
        },
        (error: unknown) => {
          for (const { reject } of group) reject(troubleOf(error));
        }
      )
      .finally(() => unsettled.delete(settled));
    unsettled.add(settled);
  }

  return {
    apply: (changes) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Refusal('storage-away', 'The server is shutting down', 1));
        pending.push({ changes, resolve, reject });
        if (pending.length === 1) setImmediate(flush);
      }),
    async close() {
      closed = true;
      flush();
      await Promise.all(unsettled);
    }
  };
}
