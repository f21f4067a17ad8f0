import type { Door } from '../bus/events.ts';
import type { CollectionName, Doc, Storage, StoreName } from '../storage/port.ts';
import type { Filter, Query } from '../storage/query.ts';
import type { Commit } from './commit.ts';
import { removeIf } from './mutations.ts';

/** All documents of a query as objects. For answers known to be small; large ones are streamed from `storage.find`. */
export async function collect(storage: Storage, collection: StoreName, query: Query): Promise<Doc[]> {
  const docs: Doc[] = [];
  for await (const batch of storage.find(collection, query)) for (const { doc } of batch) docs.push(doc);
  return docs;
}

/** The first document of a query, or undefined. */
export async function first(storage: Storage, collection: StoreName, query: Query): Promise<Doc | undefined> {
  const [doc] = await collect(storage, collection, { ...query, limit: 1 });
  return doc;
}

/** Removes everything that matches, through the one write path, in batches. @returns how many documents went */
export async function removeWhere(
  storage: Storage,
  commit: Commit,
  collection: CollectionName,
  door: Door,
  filter: Filter
): Promise<number> {
  let removed = 0;
  for await (const batch of storage.find(collection, { filter })) {
    const outcomes = await commit(
      collection,
      door,
      batch.map(({ doc }) => removeIf(doc._id!, filter))
    );
    removed += outcomes.filter(({ op }) => op === 'delete').length;
  }
  return removed;
}
