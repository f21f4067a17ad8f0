import type { Services } from '../services.ts';
import type { CollectionName } from '../storage/port.ts';

/** A rendered list, ready to be sent; `modified` is the time its headers speak of (epoch ms). */
export interface Page {
  readonly type: string;
  readonly body: string | Buffer;
  readonly modified?: number | undefined;
}

/** Pages that several apps ask for between two changes are made once. */
export interface PageCache<P extends Page> {
  /**
   * The page under this key, made now or a moment ago.
   * @param make reads and renders it; what it throws is thrown and not kept
   */
  get(collection: CollectionName, key: string, make: () => Promise<P>): Promise<P>;
  /** The page under this key if it was made a moment ago. */
  peek(collection: CollectionName, key: string): Promise<P> | undefined;
  /**
   * For a page that is made while it is sent: to be called before it is read.
   * @returns keeps it, unless the collection changed meanwhile
   */
  keeper(collection: CollectionName, key: string): (page: P) => void;
  /** For changes nobody announces. */
  forget(collection: CollectionName): void;
}

/** How long a page is believed without being told of a change (another program may write into a MongoDB database), ms. */
const LIFE = 1000;
/** Larger pages, and more of them per collection, are not kept: bytes or characters, pages. */
const MAX_SIZE = 262_144;
const MAX_PAGES = 50;
const MAX_KEY = 500;

/**
 * Keeps pages until a change of their collection is announced, one second at most. A change is announced before its writer
 * is answered, so nobody is shown less than what was acknowledged; a page still being read when it comes is not kept.
 * @param owner who keeps them, for the log
 */
export function createPageCache<P extends Page>({ bus, now }: Pick<Services, 'bus' | 'now'>, owner: string): PageCache<P> {
  type Shelf = Map<string, { readonly at: number; readonly page: Promise<P> }>;
  const kept = new Map<string, Shelf>();
  bus.subscribe('committed', owner, (events) => {
    for (const { collection } of events) kept.delete(collection);
  });

  const fresh = (collection: CollectionName, key: string): Promise<P> | undefined => {
    const known = kept.get(collection)?.get(key);
    return known && Math.abs(now() - known.at) < LIFE ? known.page : undefined;
  };

  /** The shelf of a collection; a change puts a new one in its place, and what reaches the old one is lost. */
  function shelfOf(collection: CollectionName): Shelf {
    const known = kept.get(collection);
    if (known && known.size < MAX_PAGES) return known;
    const shelf: Shelf = new Map();
    kept.set(collection, shelf);
    return shelf;
  }

  return {
    async get(collection, key, make) {
      if (key.length > MAX_KEY) return make();
      const known = fresh(collection, key);
      if (known) return known;
      const shelf = shelfOf(collection);
      const page = make();
      const entry = { at: now(), page };
      shelf.set(key, entry);
      const drop = (): void => {
        if (shelf.get(key) === entry) shelf.delete(key);
      };
      page.then(({ body }) => body.length > MAX_SIZE && drop(), drop);
      return page;
    },
    peek: fresh,
    keeper(collection, key) {
      if (key.length > MAX_KEY) return () => {};
      const shelf = shelfOf(collection);
      const at = now();
      return (page) => {
        if (page.body.length <= MAX_SIZE) shelf.set(key, { at, page: Promise.resolve(page) });
      };
    },
    forget: (collection) => void kept.delete(collection)
  };
}
