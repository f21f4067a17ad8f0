import type { StoreName } from '../../port.ts';
import type { Driver } from '../driver.ts';
import { absorb, copyOf, type Summary } from './summary.ts';

/** A block as it is known unopened. */
export interface Block {
  readonly block: number;
  readonly collection: StoreName;
  /** Documents in it, those that are gone included. */
  readonly n: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly version: number;
  readonly bytes: number;
  readonly summary: Summary;
  /** Places whose documents were changed or removed since, and at which moment ({@link Directory.moment}). */
  readonly gone: Map<number, number>;
}

/** All blocks of a collection, in the order of their first document. */
interface Shelf {
  blocks: readonly Block[];
  /** What is known of all of them together; undefined when there are none. */
  overall: Summary | undefined;
  firstSeq: number;
  lastSeq: number;
  /** The highest id that is found by range; ids of newer documents need not be looked for. */
  idCeiling: string;
  /** Some block is known by the hashes of its ids. */
  hashedIds: boolean;
}

/** What is in the archive, held in memory: a few hundred bytes per block. */
export interface Directory {
  shelf(collection: StoreName): Shelf;
  /** Counts changes, so that a query under way can tell what came after it. */
  moment(): number;
  /** After a block was written or rewritten (committed). */
  put(block: Block): void;
  drop(block: Block): void;
  markGone(block: Block, place: number): void;
  unmarkGone(block: Block, place: number): void;
  /**
   * Notices when another process has changed the file. Servers take theirs for themselves, so readers look now and then only;
   * before a change it must be `certain`.
   */
  refresh(certain: boolean): void;
  bytes(): number;
  /** What is in it, all collections together. */
  totals(): { documents: number; blocks: number; bytes: number };
}

interface Row {
  block: number;
  collection: StoreName;
  n: number;
  first_seq: number;
  last_seq: number;
  version: number;
  bytes: number;
  summary: string;
}

/** How often readers look, ms. */
const LOOK_MS = 100;

const EMPTY: Shelf = { blocks: [], overall: undefined, firstSeq: 0, lastSeq: 0, idCeiling: '', hashedIds: false };

export function createDirectory(driver: Driver): Directory {
  let shelves = new Map<StoreName, Shelf>();
  let moment = 1;
  let dataVersion = -1;
  let looked = Number.NEGATIVE_INFINITY;

  function load(): void {
    const before = new Map([...shelves.values()].flatMap(({ blocks }) => blocks.map((block) => [block.block, block] as const)));
    const gone = new Map<number, number[]>();
    for (const { block, place } of driver.prepare('SELECT block, place FROM cold_gone').all() as {
      block: number;
      place: number;
    }[])
      gone.set(block, [...(gone.get(block) ?? []), place]);
    const rows = driver
      .prepare(
        'SELECT block, collection, n, first_seq, last_seq, version, length(docs) AS bytes, summary FROM cold ORDER BY first_seq'
      )
      .all() as unknown as Row[];
    moment++;
    const loaded = rows.map((row): Block => {
      const known = before.get(row.block);
      const places = gone.get(row.block) ?? [];
      if (known?.version === row.version) {
        // queries under way hold this very object
        for (const place of places) if (!known.gone.has(place)) known.gone.set(place, moment);
        return known;
      }
      return {
        block: row.block,
        collection: row.collection,
        n: row.n,
        firstSeq: row.first_seq,
        lastSeq: row.last_seq,
        version: row.version,
        bytes: row.bytes,
        summary: JSON.parse(row.summary) as Summary,
        gone: new Map(places.map((place) => [place, moment]))
      };
    });
    const names = new Set(loaded.map(({ collection }) => collection));
    shelves = new Map([...names].map((name) => [name, shelfOf(loaded.filter(({ collection }) => collection === name))]));
  }

  function shelfOf(blocks: readonly Block[]): Shelf {
    const shelf: Shelf = { ...EMPTY };
    for (const block of blocks) add(shelf, block);
    shelf.blocks = blocks;
    return shelf;
  }

  function add(shelf: Shelf, { summary, firstSeq, lastSeq }: Block): void {
    shelf.firstSeq = shelf.overall ? Math.min(shelf.firstSeq, firstSeq) : firstSeq;
    shelf.lastSeq = Math.max(shelf.lastSeq, lastSeq);
    if (shelf.overall) absorb(shelf.overall, summary);
    else shelf.overall = copyOf(summary);
    if (!summary.ids) shelf.hashedIds = true;
    else if (summary.ids[1] > shelf.idCeiling) shelf.idCeiling = summary.ids[1];
  }

  const versionNow = (): number => (driver.prepare('PRAGMA data_version').get() as { data_version: number }).data_version;
  dataVersion = versionNow();
  load();

  return {
    shelf: (collection) => shelves.get(collection) ?? EMPTY,
    moment: () => moment,
    put(block) {
      moment++;
      const shelf = shelves.get(block.collection);
      const last = shelf?.blocks.at(-1);
      if (shelf && last && last.block < block.block && last.firstSeq < block.firstSeq) {
        shelf.blocks = [...shelf.blocks, block];
        add(shelf, block);
        return;
      }
      const others = (shelf?.blocks ?? []).filter((other) => other.block !== block.block);
      shelves.set(block.collection, shelfOf([...others, block].sort((a, b) => a.firstSeq - b.firstSeq)));
    },
    drop(block) {
      moment++;
      shelves.set(
        block.collection,
        shelfOf(shelves.get(block.collection)!.blocks.filter((other) => other.block !== block.block))
      );
    },
    markGone(block, place) {
      block.gone.set(place, ++moment);
    },
    unmarkGone(block, place) {
      block.gone.delete(place);
    },
    refresh(certain) {
      const at = performance.now();
      if (!certain && at - looked < LOOK_MS) return;
      looked = at;
      const now = versionNow();
      if (now === dataVersion) return;
      dataVersion = now;
      load();
    },
    totals() {
      const blocks = [...shelves.values()].flatMap((shelf) => shelf.blocks);
      return {
        documents: blocks.reduce((sum, { n, gone }) => sum + n - gone.size, 0),
        blocks: blocks.length,
        bytes: blocks.reduce((sum, { bytes }) => sum + bytes, 0)
      };
    },
    bytes: () => [...shelves.values()].reduce((sum, { blocks }) => blocks.reduce((all, { bytes }) => all + bytes, sum), 0)
  };
}
