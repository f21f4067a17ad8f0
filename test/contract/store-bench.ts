import type { Change, Doc, Storage, StoreName } from '../../src/storage/port.ts';
import type { Filter, Query } from '../../src/storage/query.ts';

export interface Opened {
  readonly storage: Storage;
  readonly cleanup: () => Promise<void>;
}

/** What each part of the contract works with: an empty store before every test. */
export interface Bench {
  readonly storage: Storage;
  /** A store that the test closes itself. */
  open(): Promise<Opened>;
  put(collection: StoreName, ...docs: Doc[]): Promise<void>;
  /** Everything the query gives, batch by batch put together. */
  read(collection: StoreName, query?: Partial<Query>): Promise<Doc[]>;
  /** The ids of what matches, in ascending order. */
  ids(collection: StoreName, filter: Filter): Promise<string[]>;
}

export const insert = (collection: StoreName, doc: Doc): Change => ({
  op: 'insert',
  collection,
  doc: doc as Doc & { _id: string }
});

export async function readAll(storage: Storage, collection: StoreName, query: Partial<Query> = {}): Promise<Doc[]> {
  const docs: Doc[] = [];
  for await (const batch of storage.find(collection, { filter: {}, ...query })) docs.push(...batch.map(({ doc }) => doc));
  return docs;
}

/** The n-th of ids that rise as those of a running server do: 24 hex digits. */
export const idOf = (n: number): string => `6650000000000000${n.toString(16).padStart(8, '0')}`;
