import type { V3Collection } from '../../collections/v3-document.ts';
import type { Services } from '../../services.ts';

/** A rendered list, ready to be sent; `modified` is the last change in it (epoch ms), for HISTORY. */
export interface Page {
  readonly type: string;
  readonly body: Buffer;
  readonly modified?: number | undefined;
}

/** Pages that several apps ask for between two changes are made once. */
export interface Pages {
  /**
   * The page under this key, made now or a moment ago.
   * @param make reads and renders it; what it throws is thrown and not kept
   */
  get(collection: V3Collection, key: string, make: () => Promise<Page>): Promise<Page>;
  /** For changes nobody announces. */
  forget(collection: V3Collection): void;
}

/** How long a page is believed without being told of a change (another program may write into a MongoDB database), ms. */
const LIFE = 1000;
/** Larger pages, and more of them per collection, are not kept: bytes, pages. */
const MAX_BYTES = 262_144;
const MAX_PAGES = 50;
const MAX_KEY = 500;

/**
 * Keeps pages until a change of their collection is announced, one second at most. A change is announced before its writer
 * is answered, so nobody is shown less than what was acknowledged; a page still being read when it comes is not kept.
 */
export function createPages({ bus, now }: Pick<Services, 'bus' | 'now'>): Pages {
  const kept = new Map<string, Map<string, { readonly at: number; readonly page: Promise<Page> }>>();
  bus.subscribe('committed', 'v3-pages', (events) => {
    for (const { collection } of events) kept.delete(collection);
  });
  return {
    async get(collection, key, make) {
      if (key.length > MAX_KEY) return make();
      let pages = kept.get(collection);
      const known = pages?.get(key);
      const at = now();
      if (known && Math.abs(at - known.at) < LIFE) return known.page;
      if (!pages || pages.size >= MAX_PAGES) {
        pages = new Map();
        kept.set(collection, pages);
      }
      const page = make();
      const entry = { at, page };
      pages.set(key, entry);
      const drop = (): void => {
        if (pages.get(key) === entry) pages.delete(key);
      };
      page.then(({ body }) => body.length > MAX_BYTES && drop(), drop);
      return page;
    },
    forget: (collection) => void kept.delete(collection)
  };
}
