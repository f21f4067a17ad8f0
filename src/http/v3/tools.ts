import type { V3Collection } from '../../collections/v3-document.ts';
import type { Services } from '../../services.ts';
import type { Pages } from './pages.ts';

/** What the operations work with. */
export interface Tools {
  readonly services: Services;
  readonly pages: Pages;
  /** Called after a successful write to a collection. */
  readonly prune: (collection: V3Collection) => void;
}
