import type { Commit, Decision } from '../collections/commit.ts';
import type { CollectionName, Doc, Storage } from '../storage/port.ts';
import type { Filter } from '../storage/query.ts';

/** What the work is done with. */
export interface Sweep {
  readonly storage: Storage;
  readonly commit: Commit;
  /** True when the server is closing: stop after the batch under way. */
  readonly stopped: () => boolean;
}

/** Uploads to the same collection wait no longer than one batch takes. */
const BATCH = 100;

/**
 * Goes through the documents of a time span, oldest first, and removes or shortens them quietly, in small batches.
 * @param span.field time field of the collection; documents without it are left alone
 * @param span.from first instant, in the field's own form; undefined: from the beginning
 * @param span.before first instant that is left alone
 * @param change what becomes of a document
 * @param limit stop after so many changes
 * @returns how many were changed
 */
export async function sweep(
  { storage, commit, stopped }: Sweep,
  collection: CollectionName,
  span: { readonly field: string; readonly from?: string | number | undefined; readonly before: string | number },
  change: (doc: Doc & { _id: string }) => Decision,
  limit = Number.POSITIVE_INFINITY
): Promise<number> {
  const filter: Filter = { [span.field]: { $lt: span.before, ...(span.from !== undefined && { $gte: span.from }) } };
  let changed = 0;
  let ids: string[] = [];

  async function flush(): Promise<void> {
    const outcomes = await commit(
      collection,
      'server',
      ids.map((_id) => ({
        lookups: [{ key: { _id } }],
        decide: (stored) => (stored ? change(stored) : { do: 'nothing' })
      }))
    );
    changed += outcomes.filter(({ op }) => op !== 'none').length;
    ids = [];
  }

  for await (const page of storage.find(collection, { filter, sort: [[span.field, 1]] })) {
    for (const { doc } of page) {
      if (change(doc as Doc & { _id: string }).do === 'nothing') continue;
      ids.push(doc._id!);
      if (ids.length >= Math.min(BATCH, limit - changed)) await flush();
      if (changed >= limit || stopped()) return changed;
    }
  }
  if (ids.length > 0) await flush();
  return changed;
}
