import type { Doc, StoreName } from '../../port.ts';
import type { Driver, Value } from '../driver.ts';
import { COLUMNS } from '../row.ts';
import type { Archive } from './archive.ts';
import { createPacer, nextTurn, pack, unpack } from './codec.ts';
import type { Block } from './directory.ts';
import { ageOf, type FreezeRule, isFaithful, MAX_BYTES, type RowTimes, RULES, TIME_COLUMNS } from './eligible.ts';
import { hashesOf } from './keys.ts';
import { summaryOf } from './summary.ts';

/** What one run did. */
export interface FreezeReport {
  /** Documents that went into the archive. */
  readonly frozen: number;
  /** Blocks written, new ones and rewritten ones. */
  readonly blocks: number;
  /** The longest time uploads had to wait for one of its transactions, ms. */
  readonly longestMs: number;
}

interface Options {
  /** The clock, epoch ms. */
  readonly now: () => number;
  /** Documents may go when they are this old, ms, whatever their collection; undefined: after days ({@link RULES}). */
  readonly afterMs?: number;
  /** Of brotli. */
  readonly quality: number;
  /** Between two blocks, ms. */
  readonly pauseMs: number;
}

interface Frozen {
  readonly seq: number;
  readonly json: string;
  readonly doc: Doc;
}

/** How many rows are looked at in one go: their length alone takes reading all of them. */
const SCAN = 200;
/** Raw text of a block, bytes. */
const BLOCK_BYTES = 1_500_000;
/** Pages given back to the disk in one go, and how many may lie empty for what comes next. */
const VACUUM_PAGES = 32;
const SPARE_PAGES = 256;

/** Moves old documents into the archive, a block at a time, and tidies the archive. */
export interface Freezer {
  /** One run over everything. @param all also what does not fill a block, without pauses */
  run(all: boolean): Promise<FreezeReport>;
  /** Ends a run after the block it is at. */
  stop(): Promise<void>;
}

export function createFreezer(driver: Driver, archive: Archive, { now, afterMs, quality, pauseMs }: Options): Freezer {
  const { directory } = archive;
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();

  async function run(all: boolean): Promise<FreezeReport> {
    const report = { frozen: 0, blocks: 0, longestMs: 0 };
    for (const [collection, rule] of RULES) {
      await freezeCollection(collection, rule, all, report);
      await purge(collection, report);
    }
    await giveBack(all);
    return report;
  }

  type Report = { frozen: number; blocks: number; longestMs: number };

  async function freezeCollection(collection: StoreName, rule: FreezeRule, all: boolean, report: Report): Promise<void> {
    const before = afterMs === undefined ? now() - rule.afterMs : now() - afterMs;
    // everything, also what has no time
    const anyway = afterMs !== undefined && afterMs < 0;
    let batch: number[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      const seqs = batch;
      batch = [];
      bytes = 0;
      await freezeRows(collection, seqs, report);
      if (!all) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    };
    for (let cursor = -1; !stopped; ) {
      const rows = driver
        .prepare(
          `SELECT seq, length(doc) AS size, ${TIME_COLUMNS} FROM "${collection}" WHERE seq > ? AND odd = 0 ORDER BY seq LIMIT ${SCAN}`
        )
        .all(cursor) as unknown as ({ seq: number; size: number } & RowTimes)[];
      let young = 0;
      for (const row of rows) {
        cursor = row.seq;
        const age = anyway ? 'old' : ageOf(row, before);
        if (age === 'young') young++;
        if (row.size > MAX_BYTES || age !== 'old') continue;
        batch.push(row.seq);
        bytes += row.size;
        if (batch.length >= rule.perBlock || bytes >= BLOCK_BYTES) await flush();
        if (stopped) return;
      }
      // srvModified rises with seq: behind a stretch of young ones there are no old ones
      if (rows.length < SCAN || young === rows.length) break;
      await nextTurn();
    }
    const strays = batch.filter((seq) => seq < directory.shelf(collection).lastSeq);
    if (all && batch.length > 0) await flush();
    else if (strays.length > 0) await freezeRows(collection, strays, report);
  }

  /** Rows that were in the archive before, or lie between what is, go back to their neighbours; the others make a new block. */
  async function freezeRows(collection: StoreName, seqs: readonly number[], report: Report): Promise<void> {
    const rows = await readRows(collection, seqs);
    const { blocks, lastSeq } = directory.shelf(collection);
    const fresh: Frozen[] = [];
    const additions = new Map<Block, Frozen[]>();
    for (const row of rows) {
      const home = row.seq > lastSeq ? undefined : (blocks.findLast(({ firstSeq }) => firstSeq <= row.seq) ?? blocks[0]);
      if (!home) fresh.push(row);
      else additions.set(home, [...(additions.get(home) ?? []), row]);
    }
    for (const [block, added] of additions) await rewrite(block, added, report);
    if (fresh.length > 0) await write(collection, fresh, report);
  }

  /** The rows as they are now, without those that could not be made again from their text alone. */
  async function readRows(collection: StoreName, seqs: readonly number[]): Promise<Frozen[]> {
    const pace = createPacer();
    const select = driver.prepare(`SELECT ${COLUMNS.join(', ')} FROM "${collection}" WHERE seq = ?`);
    const rows: Frozen[] = [];
    for (const seq of seqs) {
      await pace();
      select.setReturnArrays(true);
      const columns = select.get(seq) as unknown as Value[] | undefined;
      const doc = columns && isFaithful(columns);
      if (doc) rows.push({ seq, json: columns[2] as string, doc });
    }
    return rows;
  }

  /** Packs, and checks that unpacking gives the very same text. */
  async function packed(rows: readonly Frozen[]): Promise<Buffer | undefined> {
    const blob = await pack(rows, quality);
    const back = await unpack(blob, rows.length).catch(() => undefined);
    if (!back) return undefined;
    await nextTurn();
    const pace = createPacer();
    for (const [place, { seq, json }] of rows.entries()) {
      await pace();
      if (back.seqs[place] !== seq || back.json(place) !== json) return undefined;
    }
    return blob;
  }

  async function write(collection: StoreName, rows: readonly Frozen[], report: Report): Promise<void> {
    const docs = rows.map(({ doc }) => doc);
    const summary = summaryOf(docs);
    // each step takes milliseconds: an upload or an alarm may come between
    await nextTurn();
    const hashes = hashesOf(collection, docs, summary);
    await nextTurn();
    const blob = await packed(rows);
    if (!blob || stopped) return;
    await nextTurn();
    const [firstSeq, lastSeq] = [rows[0]!.seq, rows.at(-1)!.seq];
    transact(report, () => {
      if (!removed(collection, rows)) return undefined;
      const { lastInsertRowid } = driver
        .prepare('INSERT INTO cold (collection, n, first_seq, last_seq, version, summary, docs) VALUES (?, ?, ?, ?, 1, ?, ?)')
        .run(collection, rows.length, firstSeq, lastSeq, JSON.stringify(summary), blob);
      const block = Number(lastInsertRowid);
      for (const hash of hashes) driver.prepare('INSERT OR IGNORE INTO cold_keys (hash, block) VALUES (?, ?)').run(hash, block);
      return () => {
        report.frozen += rows.length;
        directory.put({
          block,
          collection,
          n: rows.length,
          firstSeq,
          lastSeq,
          version: 1,
          bytes: blob.length,
          summary,
          gone: new Map()
        });
      };
    });
  }

  /** True when the rows are still as they were read; then they are no longer in their table. */
  function removed(collection: StoreName, rows: readonly Frozen[]): boolean {
    const statement = driver.prepare(`DELETE FROM "${collection}" WHERE seq = ? AND doc = ?`);
    return rows.every(({ seq, json }) => statement.run(seq, json).changes === 1);
  }

  /** A block without what is gone from it, and with what is added. Queries under way hold places in it: it waits for them. */
  async function rewrite(block: Block, added: readonly Frozen[], report: Report): Promise<void> {
    if (archive.held()) return;
    const goneBefore = block.gone.size;
    const docs = await archive.open(block);
    const pace = createPacer();
    const rows: Frozen[] = [...added];
    const old: Doc[] = [];
    for (let place = 0; place < block.n; place++) {
      await pace();
      old.push(docs.light(place));
      if (block.gone.has(place)) continue;
      const json = docs.json(place);
      rows.push({ seq: docs.seqs[place]!, json, doc: JSON.parse(json) as Doc });
    }
    rows.sort((a, b) => a.seq - b.seq);
    const summary = rows.length > 0 ? summaryOf(rows.map(({ doc }) => doc)) : block.summary;
    await nextTurn();
    const before = hashesOf(block.collection, old, block.summary);
    await nextTurn();
    const hashes = hashesOf(
      block.collection,
      rows.map(({ doc }) => doc),
      summary
    );
    const blob = rows.length > 0 ? await packed(rows) : Buffer.alloc(0);
    if (!blob || stopped) return;
    await nextTurn();
    transact(report, () => {
      if (archive.held() || block.gone.size !== goneBefore || !removed(block.collection, added)) return undefined;
      const version = block.version + 1;
      const [firstSeq, lastSeq] = [rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0];
      const { changes } =
        rows.length === 0
          ? driver.prepare('DELETE FROM cold WHERE block = ? AND version = ?').run(block.block, block.version)
          : driver
              .prepare(
                'UPDATE cold SET n = ?, first_seq = ?, last_seq = ?, version = ?, summary = ?, docs = ? WHERE block = ? AND version = ?'
              )
              .run(rows.length, firstSeq, lastSeq, version, JSON.stringify(summary), blob, block.block, block.version);
      if (changes !== 1) return undefined;
      driver.prepare('DELETE FROM cold_gone WHERE block = ?').run(block.block);
      for (const hash of before)
        if (!hashes.has(hash)) driver.prepare('DELETE FROM cold_keys WHERE hash = ? AND block = ?').run(hash, block.block);
      for (const hash of hashes)
        if (!before.has(hash))
          driver.prepare('INSERT OR IGNORE INTO cold_keys (hash, block) VALUES (?, ?)').run(hash, block.block);
      return () => {
        report.frozen += added.length;
        if (rows.length === 0) directory.drop(block);
        else
          directory.put({ ...block, n: rows.length, firstSeq, lastSeq, version, bytes: blob.length, summary, gone: new Map() });
      };
    });
  }

  /** What was removed must not stay in a block; what was changed lies there twice. */
  async function purge(collection: StoreName, report: Report): Promise<void> {
    for (const block of directory.shelf(collection).blocks) {
      if (stopped) return;
      if (block.gone.size > 0) await rewrite(block, [], report);
    }
  }

  /** @param change gives what to do once it is durable, or undefined when nothing may be changed */
  function transact(report: Report, change: () => (() => void) | undefined): void {
    directory.refresh(true);
    const began = performance.now();
    driver.exec('BEGIN IMMEDIATE');
    let done: (() => void) | undefined;
    try {
      done = change();
      driver.exec(done ? 'COMMIT' : 'ROLLBACK');
    } catch (error) {
      try {
        driver.exec('ROLLBACK');
      } catch {
        // a full disk has rolled back by itself
      }
      throw error;
    }
    report.longestMs = Math.max(report.longestMs, performance.now() - began);
    if (!done) return;
    report.blocks++;
    done();
  }

  /** Empty pages go back to the disk (files that were made for it), a few at a time. */
  async function giveBack(all: boolean): Promise<void> {
    for (let before = Number.POSITIVE_INFINITY; !stopped; ) {
      const { freelist_count: free } = driver.prepare('PRAGMA freelist_count').get() as { freelist_count: number };
      if (free >= before || free <= (all ? 0 : SPARE_PAGES)) return;
      before = free;
      driver.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
      await nextTurn();
    }
  }

  return {
    run(all) {
      const turn = running.catch(() => {}).then(() => run(all));
      running = turn;
      return turn;
    },
    async stop() {
      stopped = true;
      await running.catch(() => {});
    }
  };
}
