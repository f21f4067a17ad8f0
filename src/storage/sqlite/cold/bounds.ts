import type { Block } from './directory.ts';
import { compareKeys, isKeyField, type Order, type Placed, type SortKey } from './order.ts';
import type { Summary } from './summary.ts';

/** The best place a document of a block could have; undefined in place of what is not known. */
export interface Bound {
  readonly keys: readonly (SortKey | undefined)[];
  readonly seq: number;
}

export function boundOf({ terms, direction }: Order, summary: Summary, firstSeq: number, lastSeq: number): Bound {
  return { keys: terms.map(([field, way]) => bestKey(summary, field, way)), seq: direction > 0 ? firstSeq : lastSeq };
}

function bestKey(summary: Summary, field: string, way: 1 | -1): SortKey | undefined {
  if (field === '_id') return summary.ids?.[way > 0 ? 0 : 1];
  if (field === 'isValid' || !isKeyField(field)) return undefined;
  const known = summary.fields[field];
  if (!known) return null;
  if (way > 0) {
    if (known.absent) return null;
    if (known.num) return known.num[0];
    return known.otherText ? undefined : known.text![0];
  }
  if (known.otherText) return undefined;
  if (known.text) return known.text[1];
  return known.num ? known.num[1] : null;
}

/** True when a document comes before everything a block can hold. */
export function isBefore({ terms, direction }: Order, row: Placed, bound: Bound): boolean {
  for (const [n, [, way]] of terms.entries()) {
    const best = bound.keys[n];
    if (best === undefined) return false;
    const compared = compareKeys(row.keys[n]!, best) * way;
    if (compared !== 0) return compared < 0;
  }
  return (row.seq - bound.seq) * direction < 0;
}

/** Blocks that may come first, first. */
function compareBounds({ terms, direction }: Order, a: Bound, b: Bound): number {
  for (const [n, [, way]] of terms.entries()) {
    const [x, y] = [a.keys[n], b.keys[n]];
    if (x === undefined || y === undefined) return Number(y === undefined) - Number(x === undefined);
    const compared = compareKeys(x, y) * way;
    if (compared !== 0) return compared;
  }
  return (a.seq - b.seq) * direction;
}

/** A block and the best place a document of it could have. */
interface Bounded {
  readonly block: Block;
  readonly bound: Bound;
}

/** All blocks of a collection, those that may come first in an order first. */
export interface Sequence {
  readonly queue: readonly Bounded[];
  /** Some block may come anywhere, so that one that was read is asked for again much later. */
  readonly jumping: boolean;
}

/** So many orders of one collection are kept: apps use two or three, and anybody may ask for any. */
const KEPT_ORDERS = 4;

/** Sorts blocks for queries: a listing of a few documents opens the first blocks of thousands, and sorting all took longest. */
export function createSequences(): { of(blocks: readonly Block[], order: Order): Sequence; clear(): void } {
  /** A list of blocks is never changed, only replaced. */
  let known = new WeakMap<readonly Block[], Map<string, Sequence>>();

  function made(blocks: readonly Block[], order: Order): Sequence {
    const queue = blocks
      .map((block) => ({ block, bound: boundOf(order, block.summary, block.firstSeq, block.lastSeq) }))
      .sort((a, b) => compareBounds(order, a.bound, b.bound));
    return { queue, jumping: queue.some(({ bound }) => bound.keys[0] === undefined && bound.keys.length > 0) };
  }

  return {
    of(blocks, order) {
      let orders = known.get(blocks);
      if (!orders) {
        orders = new Map();
        known.set(blocks, orders);
      }
      const name = JSON.stringify([order.terms, order.direction]);
      let sequence = orders.get(name);
      if (!sequence) {
        if (orders.size >= KEPT_ORDERS) orders.clear();
        sequence = made(blocks, order);
        orders.set(name, sequence);
      }
      return sequence;
    },
    clear() {
      known = new WeakMap();
    }
  };
}
