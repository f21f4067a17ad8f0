import { type Doc, type Storage, type Stored, type StoreName, storedDoc } from '../../storage/port.ts';
import type { Query } from '../../storage/query.ts';

/** Documents on their way to a caller. */
export interface Listing {
  readonly batches: AsyncIterable<readonly Stored[]>;
  /** Time of the newest document of the answer, epoch ms; undefined when empty or unknown. */
  readonly newest: number | undefined;
  /** Lets go of the query when nobody will read on. */
  close(): Promise<void>;
}

/**
 * Starts a query whose order is newest first, so the first document tells the time of the newest. Nothing but one batch is held.
 * @param timeOf epoch ms of a document
 */
export async function openListing(
  storage: Storage,
  collection: StoreName,
  query: Query,
  timeOf: (doc: Doc) => number | undefined
): Promise<Listing> {
  const source = storage.find(collection, query)[Symbol.asyncIterator]();
  const head = await source.next();
  const newest = head.done || !head.value[0] ? undefined : timeOf(head.value[0].doc);
  const close = async (): Promise<void> => void (await source.return?.(undefined));
  async function* batches(): AsyncIterable<readonly Stored[]> {
    try {
      for (let next = head; !next.done; next = await source.next()) yield next.value;
    } finally {
      await close();
    }
  }
  return { batches: batches(), newest, close };
}

/**
 * The same for an order of the caller's own: all of it is read first, because the newest may stand anywhere.
 * @param arrange the order of the answer, when it is not that of the query
 */
export async function collectListing(
  storage: Storage,
  collection: StoreName,
  query: Query,
  timeOf: (doc: Doc) => number | undefined,
  arrange: (docs: Doc[]) => Doc[] = (docs) => docs
): Promise<Listing> {
  const docs: Doc[] = [];
  for await (const batch of storage.find(collection, query)) for (const { doc } of batch) docs.push(doc);
  const times = docs.map(timeOf).filter((time) => time !== undefined);
  async function* batches(): AsyncIterable<readonly Stored[]> {
    yield arrange(docs).map(storedDoc);
  }
  return {
    batches: batches(),
    newest: times.length > 0 ? times.reduce((a, b) => Math.max(a, b)) : undefined,
    close: async () => {}
  };
}
