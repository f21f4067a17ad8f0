import { type Doc, type Stored, type StoreName, storedJson } from '../../port.ts';
import { type Filter, matcher, type Query } from '../../query.ts';
import type { Archive } from './archive.ts';
import { boundOf, isBefore } from './bounds.ts';
import { createPacer, type Inflated, nextTurn } from './codec.ts';
import type { Block } from './directory.ts';
import { ALL, fieldsOf, type Judge, judgeOf, NONE, type Verdict } from './judge.ts';
import { comparePlaced, isKeyField, type Order, orderOf, type Placed, sortKeyOf } from './order.ts';

/** A document of the tables with its place in the order of storing. */
export interface HotRow {
  readonly seq: number;
  readonly json: string;
}

/** What the tables answer. */
export interface HotReads {
  /** In the order of the query; its `skip` and `limit` hold. What is listed is settled by the time of the call. */
  rows(query: Query): AsyncIterable<HotRow[]>;
  bySeq(seq: number): string | undefined;
}

/** A document of the archive that matches: where it is, not what it says. */
interface ColdRow extends Placed {
  readonly block: Block;
  readonly place: number;
}

const PAGE = 200;
/** Documents of an order that jumps between blocks are fetched so many at a time, so that each block is opened less often. */
const JUMPING_PAGE = 2000;

/** The blocks there were when a query began, and how it judges them unopened. */
export interface Old {
  readonly blocks: readonly Block[];
  readonly judge: Judge;
}

/** @returns undefined when nothing of the archive can match */
export function oldFor(archive: Archive, collection: StoreName, filter: Filter): Old | undefined {
  const { blocks, overall } = archive.directory.shelf(collection);
  if (!overall) return undefined;
  const judge = judgeOf(filter, archive.blocksOf(collection));
  return judge({ summary: overall }) !== NONE && blocks.some((block) => judge(block) !== NONE) ? { blocks, judge } : undefined;
}

/** True when the last document of a full answer comes before anything the archive holds: then it is the answer. */
export function beatsArchive(archive: Archive, collection: StoreName, sort: NonNullable<Query['sort']>, last: string): boolean {
  const { overall, firstSeq, lastSeq } = archive.directory.shelf(collection);
  if (!overall) return true;
  const order = orderOf(sort);
  const doc = order.terms.length > 0 ? (JSON.parse(last) as Doc) : {};
  // of equal keys the places would decide, which are not asked for here
  const row = { keys: order.terms.map(([field]) => sortKeyOf(doc, field)), seq: order.direction > 0 ? lastSeq : firstSeq };
  return isBefore(order, row, boundOf(order, overall, firstSeq, lastSeq));
}

/**
 * Reads both, tables and archive, in the order of the query: blocks are opened when the next document may be in them, each once
 * where their order is that of the query. What is held are the places of documents whose turn has not come.
 */
export async function* readBoth(
  archive: Archive,
  collection: StoreName,
  hot: HotReads,
  query: Query,
  { blocks, judge }: Old
): AsyncIterable<Stored[]> {
  const { filter, sort = [], skip = 0, limit = Number.POSITIVE_INFINITY } = query;
  const release = archive.hold();
  let head: Head | undefined;
  try {
    const began = archive.directory.moment();
    const order = orderOf(sort);
    const compare = comparePlaced(order);
    const most = skip + limit;
    head = createHead(hot.rows({ ...query, skip: 0, ...(Number.isFinite(most) && { limit: most }) }), order);
    const fits = matcher(filter);
    const light = [...fieldsOf(filter), ...order.terms.map(([field]) => field)].every(isKeyField);
    const { queue, jumping } = archive.sequence(blocks, order);
    const pageSize = jumping ? JUMPING_PAGE : PAGE;
    let pending: ColdRow[] = [];
    let at = 0;
    let sorted = true;
    let toSkip = skip;
    let left = limit;
    let next = 0;

    async function take(block: Block): Promise<void> {
      const verdict = judge(block);
      if (verdict === NONE) return;
      const docs = await archive.open(block);
      const pace = createPacer();
      for (let place = 0; place < block.n; place++) {
        await pace();
        // what went after we began is still in the block, and no longer among the rows the tables listed
        if ((block.gone.get(place) ?? Number.POSITIVE_INFINITY) <= began) continue;
        const row = rowOf(docs, block, place, verdict);
        if (row) pending.push(row);
      }
      sorted = false;
      if (pending.length - at > 2 * most + 1000) {
        tidy();
        pending.length = most;
      }
    }

    function rowOf(docs: Inflated, block: Block, place: number, verdict: Verdict): ColdRow | undefined {
      if (verdict === ALL && order.terms.length === 0) return { keys: [], seq: docs.seqs[place]!, block, place };
      const doc = light ? docs.light(place) : (JSON.parse(docs.json(place)) as Doc);
      if (verdict !== ALL && !fits(doc)) return undefined;
      return { keys: order.terms.map(([field]) => sortKeyOf(doc, field)), seq: docs.seqs[place]!, block, place };
    }

    function tidy(): void {
      if (at > 0) pending = pending.slice(at);
      at = 0;
      pending.sort(compare);
      sorted = true;
    }

    while (left > 0) {
      let page: (ColdRow | HotRow)[] = [];
      while (page.length < Math.min(left, pageSize)) {
        if (!sorted) tidy();
        const warm = await head.peek();
        const cold = pending[at];
        const first = warm && (!cold || compare(warm, cold) < 0) ? warm : cold;
        const ahead = queue[next];
        if (ahead && !(first && isBefore(order, first, ahead.bound))) {
          next++;
          await take(ahead.block);
          continue;
        }
        if (!first) break;
        if (first === warm) head.drop();
        else at++;
        if (toSkip-- > 0) continue;
        page.push(first === warm ? warm.row : (first as ColdRow));
      }
      if (page.length === 0) return;
      left -= page.length;
      const full = await filled(archive, collection, hot, page);
      page = [];
      for (let from = 0; from < full.length; from += PAGE) yield full.slice(from, from + PAGE);
      await nextTurn();
    }
  } finally {
    release();
    await head?.close();
  }
}

/** Fetches what a page's places say, block by block; what has changed since comes as it is now, what is gone does not come. */
async function filled(
  archive: Archive,
  collection: StoreName,
  hot: HotReads,
  page: readonly (ColdRow | HotRow)[]
): Promise<Stored[]> {
  const texts: (string | undefined)[] = page.map((row) => ('json' in row ? row.json : undefined));
  const byBlock = new Map<Block, number[]>();
  page.forEach((row, n) => {
    if (!('block' in row)) return;
    const known = byBlock.get(row.block);
    if (known) known.push(n);
    else byBlock.set(row.block, [n]);
  });
  const pace = createPacer();
  for (const [block, places] of byBlock) {
    const docs = await archive.open(block);
    for (const n of places) {
      await pace();
      const row = page[n] as ColdRow;
      texts[n] = block.gone.has(row.place)
        ? (hot.bySeq(row.seq) ?? (await archive.bySeq(collection, row.seq)))
        : docs.json(row.place);
    }
  }
  return texts.filter((text) => text !== undefined).map(storedJson);
}

interface Warm extends Placed {
  readonly row: HotRow;
}

interface Head {
  peek(): Promise<Warm | undefined>;
  drop(): void;
  close(): Promise<void>;
}

/** The rows of the tables, one at a time. */
function createHead(pages: AsyncIterable<HotRow[]>, { terms }: Order): Head {
  const source = pages[Symbol.asyncIterator]();
  let page: HotRow[] = [];
  let at = 0;
  let done = false;
  let current: Warm | undefined;
  // the rows are listed now, in the same moment in which the blocks were judged
  let ahead: Promise<IteratorResult<HotRow[]>> | undefined = source.next();
  ahead.catch(() => {});
  return {
    async peek() {
      if (current) return current;
      while (at >= page.length && !done) {
        const result = await (ahead ?? source.next());
        ahead = undefined;
        done = result.done === true;
        page = result.done ? [] : result.value;
        at = 0;
      }
      const row = page[at];
      if (!row) return undefined;
      const doc = terms.length > 0 ? (JSON.parse(row.json) as Doc) : {};
      current = { row, seq: row.seq, keys: terms.map(([field]) => sortKeyOf(doc, field)) };
      return current;
    },
    drop() {
      current = undefined;
      at++;
    },
    close: async () => void (await source.return?.(undefined))
  };
}

/** How many documents of the archive match. */
export async function countCold(archive: Archive, filter: Filter, { blocks, judge }: Old, began: number): Promise<number> {
  const fits = matcher(filter);
  const light = fieldsOf(filter).every(isKeyField);
  const release = archive.hold();
  try {
    return await counted();
  } finally {
    release();
  }

  async function counted(): Promise<number> {
    let total = 0;
    for (const block of blocks) {
      const verdict = judge(block);
      if (verdict === NONE) continue;
      const isGone = (place: number): boolean => (block.gone.get(place) ?? Number.POSITIVE_INFINITY) <= began;
      if (verdict === ALL) {
        for (let place = 0; place < block.n; place++) if (block.gone.size === 0 || !isGone(place)) total++;
        continue;
      }
      const docs = await archive.open(block);
      const pace = createPacer();
      for (let place = 0; place < block.n; place++) {
        await pace();
        if (isGone(place)) continue;
        if (fits(light ? docs.light(place) : (JSON.parse(docs.json(place)) as Doc))) total++;
      }
    }
    return total;
  }
}
