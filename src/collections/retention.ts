import type { CollectionName, Storage } from '../storage/port.ts';
import { type Filter, matcher } from '../storage/query.ts';
import type { Commit } from './commit.ts';

/** How many documents are removed at once: uploads wait no longer than that. */
const BATCH = 100;

/**
 * Removes documents older than an instant: any of srvCreated, created_at and date before it. Quietly, without tombstones and
 * announcements: making room here must not make phones drop their copies.
 * @param before epoch ms
 * @returns how many went
 */
export async function pruneOlderThan(
  storage: Storage,
  commit: Commit,
  collection: CollectionName,
  before: number
): Promise<number> {
  const filter: Filter = {
    $or: [{ srvCreated: { $lt: before } }, { created_at: { $lt: new Date(before).toISOString() } }, { date: { $lt: before } }]
  };
  const isOld = matcher(filter);
  let removed = 0;
  for (;;) {
    const ids: string[] = [];
    for await (const batch of storage.find(collection, { filter, limit: BATCH })) for (const { doc } of batch) ids.push(doc._id!);
    const outcomes = await commit(
      collection,
      'server',
      ids.map((_id) => ({
        lookups: [{ key: { _id } }],
        decide: (stored) => (stored && isOld(stored) ? { do: 'remove', quietly: true } : { do: 'nothing' })
      }))
    );
    const gone = outcomes.filter(({ op }) => op === 'delete').length;
    removed += gone;
    if (ids.length < BATCH || gone === 0) return removed;
  }
}
