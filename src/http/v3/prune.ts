import { pruneOlderThan } from '../../collections/retention.ts';
import type { V3Collection } from '../../collections/v3-document.ts';
import type { Services } from '../../services.ts';
import type { Page, PageCache } from '../page-cache.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/**
 * Auto-prune: a write to a collection with API3_AUTOPRUNE_… days set removes what is older, in the background, at most once an
 * hour (the first time right away).
 * @returns a function to be called after each write
 */
export function createPruner(
  { config, storage, commit, log, now }: Services,
  pages: PageCache<Page>
): (collection: V3Collection) => void {
  const last = new Map<V3Collection, number>();
  return (collection) => {
    const days = config.api3.autoprune[collection];
    const at = now();
    if (!days || days <= 0 || at - (last.get(collection) ?? Number.NEGATIVE_INFINITY) < HOUR) return;
    last.set(collection, at);
    pruneOlderThan(storage, commit, collection, at - days * DAY).then(
      (removed) => {
        pages.forget(collection);
        if (removed > 0) log.info({ collection, removed }, 'pruned old documents');
      },
      (error: unknown) => log.error({ err: error, collection }, 'pruning failed')
    );
  };
}
