import { TIME_FIELDS } from '../../indexes.ts';
import { canonicalId, isObjectId } from '../../object-id.ts';
import type { Key, StoreName } from '../../port.ts';
import type { Block, Directory } from './directory.ts';
import { type BlocksOf, mayHold } from './judge.ts';
import { type Range, type Ranges, rangesOf } from './ranges.ts';
import { ID_FIELDS } from './summary.ts';

/** Finds the blocks that may hold a document. An archive of years has thousands of them: none is asked that can be ruled out. */
export interface Finder {
  /** The blocks that may hold documents under the keys, and which keys those are. */
  under(collection: StoreName, keys: readonly Key[]): Map<Block, Key[]>;
  /** Those that may hold the document with this id (canonical). */
  withId(collection: StoreName, id: string): readonly Block[];
}

/** A collection's blocks, sorted in the ways they are looked for; each way is made when it is first gone. */
interface Sorted {
  readonly byRange: Map<string, Ranges<Block>>;
  readonly byNumber: Map<number, Block>;
}

export function createFinder(directory: Pick<Directory, 'shelf'>, blocksOf: (collection: StoreName) => BlocksOf): Finder {
  /** A list of blocks is never changed, only replaced. */
  const known = new WeakMap<readonly Block[], Sorted>();

  function sortedOf(blocks: readonly Block[]): Sorted {
    let sorted = known.get(blocks);
    if (!sorted) {
      sorted = { byRange: new Map(), byNumber: new Map(blocks.map((block) => [block.block, block])) };
      known.set(blocks, sorted);
    }
    return sorted;
  }

  function around(
    blocks: readonly Block[],
    name: string,
    value: string | number,
    rangeOf: (one: Block) => Range | 'unknown' | 'none'
  ) {
    const { byRange } = sortedOf(blocks);
    let ranges = byRange.get(name);
    if (!ranges) {
      ranges = rangesOf(blocks, rangeOf);
      byRange.set(name, ranges);
    }
    return ranges.around(value);
  }

  function numbered(blocks: readonly Block[], numbers: Iterable<number>): Block[] {
    const { byNumber } = sortedOf(blocks);
    return [...numbers].flatMap((number) => byNumber.get(number) ?? []);
  }

  function withId(collection: StoreName, id: string): readonly Block[] {
    const { blocks, idCeiling, hashedIds } = directory.shelf(collection);
    const ranged = isObjectId(id) && id <= idCeiling ? around(blocks, '_id', id, ({ summary }) => summary.ids ?? 'none') : [];
    if (!hashedIds) return ranged;
    const hashed = numbered(blocks, blocksOf(collection)('_id', id));
    return [...ranged, ...hashed.filter(({ summary }) => !summary.ids)];
  }

  const atTime = (blocks: readonly Block[], field: string, value: string | number): readonly Block[] =>
    typeof value === 'number'
      ? around(blocks, `${field} number`, value, ({ summary }) => summary.fields[field]?.num ?? 'none')
      : around(blocks, `${field} text`, value, ({ summary: { fields } }) =>
          fields[field]?.otherText ? 'unknown' : (fields[field]?.text ?? 'none')
        );

  function worthAsking(collection: StoreName, blocks: readonly Block[], key: Key): readonly Block[] {
    if (key._id !== undefined) return withId(collection, canonicalId(String(key._id)));
    const fields = Object.keys(key);
    const id = fields.find((field) => ID_FIELDS.has(field));
    if (id !== undefined) return numbered(blocks, blocksOf(collection)(id, key[id]!));
    const time = fields.find((field) => TIME_FIELDS.has(field));
    return time === undefined ? blocks : atTime(blocks, time, key[time]!);
  }

  return {
    withId,
    under(collection, keys) {
      const { blocks, overall } = directory.shelf(collection);
      const found = new Map<Block, Key[]>();
      if (!overall) return found;
      const all = { summary: overall };
      const under = blocksOf(collection);
      for (const key of keys) {
        if (!mayHold(key, all, under)) continue;
        for (const block of worthAsking(collection, blocks, key)) {
          if (!mayHold(key, block, under)) continue;
          const wanted = found.get(block);
          if (wanted) wanted.push(key);
          else found.set(block, [key]);
        }
      }
      return found;
    }
  };
}
