import { createHash } from 'node:crypto';
import { COLLECTIONS, INTERNAL, type Storage, type StoreName } from '../storage/port.ts';
import { canonicalJson } from './canonical-json.ts';

/** Every collection of a store, the server's own ones included, in the order they are copied. */
export const STORE_NAMES: readonly StoreName[] = [...COLLECTIONS, ...INTERNAL];

/** How many documents a store holds. */
export async function countAll(storage: Storage): Promise<number> {
  let count = 0;
  for (const name of STORE_NAMES) count += await storage.count(name, {});
  return count;
}

/** What a store holds, in a few bytes: equal for equal documents, whatever the store and the order. */
export interface ContentHash {
  readonly collections: Readonly<Record<string, { readonly count: number; readonly hash: string }>>;
  /** 64 hex digits over all collections. */
  readonly hash: string;
}

/** The digest of a set of documents while it changes. */
export interface SetHash {
  /** @param json a document as clients see it, `_id` included */
  add(json: string): void;
  /** Takes a document out again that was added before. */
  remove(json: string): void;
  readonly count: number;
  readonly hash: string;
}

const MODULUS = 1n << 256n;
const digestOf = (json: string): bigint =>
  BigInt(
    `0x${createHash('sha256')
      .update(canonicalJson(JSON.parse(json)))
      .digest('hex')}`
  );

/** Documents are summed (modulo 2^256), so their order does not count, and one that is there twice shows. */
export function createSetHash(): SetHash {
  let sum = 0n;
  let count = 0;
  return {
    add(json) {
      sum = (sum + digestOf(json)) % MODULUS;
      count++;
    },
    remove(json) {
      sum = (sum + MODULUS - digestOf(json)) % MODULUS;
      count--;
    },
    get count() {
      return count;
    },
    get hash() {
      return sum.toString(16).padStart(64, '0');
    }
  };
}

/** @param sets one per collection; empty ones count as absent */
export function combineHashes(sets: ReadonlyMap<string, Pick<SetHash, 'count' | 'hash'>>): ContentHash {
  const collections = Object.fromEntries([...sets].map(([name, { count, hash }]) => [name, { count, hash }]));
  const whole = createHash('sha256');
  for (const name of Object.keys(collections).sort()) {
    const { count, hash } = collections[name]!;
    if (count > 0) whole.update(`${name} ${count} ${hash}\n`);
  }
  return { collections, hash: whole.digest('hex') };
}

/**
 * Reads every document of a store. Take it of a store nobody writes to: documents changed meanwhile may come in either version.
 * @param names collections to look at; `state`, the server's own memory, changes by itself while a server runs
 * @param onBatch told how many documents were read since the last call
 * @throws Refusal of the storage
 */
export async function contentHash(
  storage: Pick<Storage, 'find'>,
  names: readonly StoreName[] = STORE_NAMES,
  onBatch?: (documents: number) => void
): Promise<ContentHash> {
  const sets = new Map<string, SetHash>();
  for (const name of names) {
    const set = createSetHash();
    sets.set(name, set);
    for await (const batch of storage.find(name, { filter: {} })) {
      for (const { json } of batch) set.add(json);
      onBatch?.(batch.length);
    }
  }
  return combineHashes(sets);
}
