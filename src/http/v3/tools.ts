import type { V3Collection } from '../../collections/v3-document.ts';
import type { Services } from '../../services.ts';
import type { Page, PageCache } from '../page-cache.ts';

/** What the operations work with. */
export interface Tools {
  readonly services: Services;
  readonly pages: PageCache<Page>;
  /** Called after a successful write to a collection. */
  readonly prune: (collection: V3Collection) => void;
}
