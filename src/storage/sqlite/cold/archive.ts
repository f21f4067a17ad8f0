import { Refusal } from '../../../errors.ts';
import { canonicalId } from '../../object-id.ts';
import type { Doc, Key, StoreName } from '../../port.ts';
import type { Driver } from '../driver.ts';
import { createSequences, type Sequence } from './bounds.ts';
import { type Inflated, unpack, unpackSync } from './codec.ts';
import { type Block, createDirectory, type Directory } from './directory.ts';
import { createFinder } from './finder.ts';
import type { BlocksOf } from './judge.ts';
import { blocksUnder, hashOf } from './keys.ts';
import type { Order } from './order.ts';

/** Opened blocks stay open up to so many bytes: pages of one listing, batches of one import. */
const KEPT_OPEN = 6_000_000;

/** Where a document is in the archive. */
interface Place {
  readonly block: Block;
  readonly place: number;
  readonly seq: number;
}

/** The archive of old documents: what is in it, and their reading. Its documents are in no other table. */
export interface Archive {
  readonly directory: Directory;
  blocksOf(collection: StoreName): BlocksOf;
  /** Blocks of a shelf in an order. */
  sequence(blocks: readonly Block[], order: Order): Sequence;
  open(block: Block): Promise<Inflated>;
  openNow(block: Block): Inflated;
  /** Where a document is, by its id (canonical); for the middle of a transaction. */
  locate(collection: StoreName, id: string): Place | undefined;
  /** The JSON text of a document by its place in the order of storing. */
  bySeq(collection: StoreName, seq: number): Promise<string | undefined>;
  /** All documents under any of the keys, and `hot` (what the tables say) asked in the same moment. */
  candidates(collection: StoreName, keys: readonly Key[], hot: () => Doc[]): Promise<Doc[]>;
  /** While it is held, no block is rewritten. */
  hold(): () => void;
  held(): boolean;
  /** Lets go of opened blocks. */
  relax(): void;
}

export function createArchive(driver: Driver): Archive {
  const directory = createDirectory(driver);
  const blocksOf =
    (collection: StoreName): BlocksOf =>
    (field, value) =>
      blocksUnder(driver, hashOf(collection, field, value));
  const finder = createFinder(directory, blocksOf);
  const sequences = createSequences();
  const opened = new Map<string, Inflated>();
  let weight = 0;
  let holders = 0;

  const nameOf = ({ block, version }: Block): string => `${block}.${version}`;

  function kept(block: Block): Inflated | undefined {
    const name = nameOf(block);
    const known = opened.get(name);
    if (known) {
      opened.delete(name);
      opened.set(name, known);
    }
    return known;
  }

  function keep(block: Block, inflated: Inflated): Inflated {
    const name = nameOf(block);
    if (opened.has(name)) return inflated;
    opened.set(name, inflated);
    weight += inflated.weight;
    for (const [oldest, { weight: freed }] of opened) {
      if (weight <= KEPT_OPEN || oldest === name) break;
      opened.delete(oldest);
      weight -= freed;
    }
    return inflated;
  }

  function bytesOf(block: Block): Uint8Array {
    const row = driver.prepare('SELECT docs FROM cold WHERE block = ? AND version = ?').get(block.block, block.version);
    if (!row) throw new RangeError('the block is not there');
    return (row as unknown as { docs: Uint8Array }).docs;
  }

  /** The sentence names the days, so that whoever reads it knows what a backup must bring back. */
  function broken(block: Block, error: unknown): Refusal {
    const { date, created_at: created } = block.summary.fields;
    const days = date?.num?.map((ms) => new Date(ms).toISOString()) ?? created?.text;
    const span = days ? ` of ${days[0]!.slice(0, 10)} to ${days[1]!.slice(0, 10)}` : '';
    const why = error instanceof Error ? error.message : 'unreadable';
    return new Refusal(
      'storage-failed',
      `Archived ${block.collection}${span} cannot be read: block ${block.block} is damaged (${why})`
    );
  }

  async function open(block: Block): Promise<Inflated> {
    const known = kept(block);
    if (known) return known;
    try {
      return keep(block, await unpack(bytesOf(block), block.n));
    } catch (error) {
      throw broken(block, error);
    }
  }

  function openNow(block: Block): Inflated {
    const known = kept(block);
    if (known) return known;
    try {
      return keep(block, unpackSync(bytesOf(block), block.n));
    } catch (error) {
      throw broken(block, error);
    }
  }

  function locate(collection: StoreName, id: string): Place | undefined {
    for (const block of finder.withId(collection, id)) {
      const piece = JSON.stringify(id);
      const docs = openNow(block);
      for (let place = 0; place < block.n; place++) {
        if (block.gone.has(place) || !docs.mentions(place, piece) || docs.light(place)._id !== id) continue;
        return { block, place, seq: docs.seqs[place]! };
      }
    }
    return undefined;
  }

  async function bySeq(collection: StoreName, seq: number): Promise<string | undefined> {
    for (const block of directory.shelf(collection).blocks) {
      if (seq < block.firstSeq || seq > block.lastSeq) continue;
      const docs = await open(block);
      const place = docs.seqs.indexOf(seq);
      if (place >= 0 && !block.gone.has(place)) return docs.json(place);
    }
    return undefined;
  }

  async function candidates(collection: StoreName, keys: readonly Key[], hot: () => Doc[]): Promise<Doc[]> {
    const docs = new Map<Block, Inflated>();
    const release = hold();
    try {
      for (;;) {
        const needed = finder.under(collection, keys);
        const missing = [...needed.keys()].filter((block) => !docs.has(block));
        if (missing.length === 0) {
          const found = new Map(hot().map((doc) => [doc._id!, doc]));
          for (const [block, wanted] of needed)
            for (const doc of under(block, docs.get(block)!, wanted)) found.set(doc._id!, doc);
          return [...found.values()];
        }
        for (const block of missing) docs.set(block, await open(block));
      }
    } finally {
      release();
    }
  }

  /** Keys of one shape (the same fields) are looked up together. */
  function under(block: Block, docs: Inflated, keys: readonly Key[]): Doc[] {
    const shapes = new Map<string, { fields: string[]; values: Set<string> }>();
    for (const key of keys) {
      const fields = Object.keys(key);
      const name = fields.join('\0');
      const shape = shapes.get(name) ?? { fields, values: new Set() };
      shapes.set(name, shape);
      shape.values.add(JSON.stringify(fields.map((field) => (field === '_id' ? canonicalId(String(key[field])) : key[field]))));
    }
    const found: Doc[] = [];
    for (let place = 0; place < block.n; place++) {
      if (block.gone.has(place)) continue;
      const doc = docs.light(place);
      for (const { fields, values } of shapes.values()) {
        if (!values.has(JSON.stringify(fields.map((field) => doc[field])))) continue;
        found.push(JSON.parse(docs.json(place)) as Doc);
        break;
      }
    }
    return found;
  }

  function hold(): () => void {
    holders++;
    let holding = true;
    return () => {
      if (holding) holders--;
      holding = false;
    };
  }

  return {
    directory,
    blocksOf,
    sequence: sequences.of,
    open,
    openNow,
    locate,
    bySeq,
    candidates,
    hold,
    held: () => holders > 0,
    relax() {
      opened.clear();
      sequences.clear();
      weight = 0;
    }
  };
}
