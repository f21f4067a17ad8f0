import { Refusal } from '../../errors.ts';
import { canonicalId } from '../object-id.ts';
import type { Change, StoreName } from '../port.ts';
import type { Archive } from './cold/archive.ts';
import type { Driver, Value } from './driver.ts';
import { rowOf } from './row.ts';
import { createRows, type Rows } from './statements.ts';
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

/**
 * @param expectOdd told before a document is written whose key fields SQL cannot compare
 * @param troubleOf what an error of the database or the disk means for the caller
 */
export function createWriter(
  driver: Driver,
  archive: Archive,
  wal: WalSync,
  expectOdd: (name: StoreName) => void,
  troubleOf: (error: unknown) => unknown
): Writer {
  const { directory } = archive;
  let pending: Pending[] = [];
  /** Undoes what the transaction under way has noted about the archive. */
  let undo: (() => void)[] = [];
  const writers = new Map<StoreName, Rows>();
  let closed = false;
  const unsettled = new Set<Promise<void>>();

  function rowsOf(name: StoreName): Rows {
    let rows = writers.get(name);
    if (!rows) {
      rows = createRows(name, driver);
      writers.set(name, rows);
    }
    return rows;
  }

  /** Documents that follow each other into one collection (a backfill) are stored together. */
  function make(changes: readonly Change[]): void {
    let name: StoreName | undefined;
    let waiting: Value[][] = [];
    const store = (): void => {
      if (name && waiting.length > 0) rowsOf(name).upsertAll(waiting);
      waiting = [];
    };
    for (const change of changes) {
      if (change.op === 'remove' || change.collection !== name) store();
      name = change.collection;
      if (change.op === 'remove') {
        const id = canonicalId(change._id);
        if (!rowsOf(name).remove(id)) takeOut(name, id);
        continue;
      }
      const row = rowOf(change.doc);
      if (row.odd) expectOdd(name);
      const seq = takeOut(name, row.values[0] as string);
      if (seq === undefined) waiting.push(row.values);
      else {
        store();
        rowsOf(name).insertAt(seq, row.values);
      }
    }
    store();
  }

  /** A document that lies in the archive leaves it. @returns its place in the order of storing, which it keeps */
  function takeOut(collection: StoreName, id: string): number | undefined {
    const found = archive.locate(collection, id);
    if (!found) return undefined;
    const { block, place, seq } = found;
    driver.prepare('INSERT INTO cold_gone (block, place) VALUES (?, ?)').run(block.block, place);
    directory.markGone(block, place);
    undo.push(() => directory.unmarkGone(block, place));
    return seq;
  }

  /** All or nothing. */
  function transact(group: readonly Pending[]): void {
    undo = [];
    driver.exec('BEGIN IMMEDIATE');
    try {
      directory.refresh(true);
      for (const { changes } of group) make(changes);
      driver.exec('COMMIT');
    } catch (error) {
      rollBack();
      throw error;
    }
  }

  function rollBack(): void {
    for (const step of undo) step();
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
