import type { Query } from './query.ts';

/** A stored document. `_id` is always text here, whatever the database keeps. */
export type Doc = { _id?: string; [field: string]: unknown };

/** The collections every store has; `tombstones` remembers hard deletes, `state` is the server's own memory. */
export const COLLECTIONS = ['entries', 'treatments', 'devicestatus', 'profile', 'food', 'activity', 'settings'] as const;
export type CollectionName = (typeof COLLECTIONS)[number];
export const INTERNAL = ['subjects', 'roles', 'tombstones', 'state'] as const;
export type StoreName = CollectionName | (typeof INTERNAL)[number];

/** One document as found: as an object and as JSON text, each made only when asked for (a store may hold either). */
export interface Stored {
  readonly doc: Doc;
  readonly json: string;
}

/** Fields that must be equal, for an identity look-up: `{ created_at: '…', eventType: 'Note' }`. Only {@link KEY_FIELDS} and `_id`. */
export type Key = Readonly<Record<string, string | number>>;

/** Fields with an index in every store: identities and times. A scalar there is found without reading the collection. */
export const KEY_FIELDS = [
  'identifier',
  'date',
  'created_at',
  'dateString',
  'sysTime',
  'startDate',
  'type',
  'eventType',
  'device',
  'srvModified',
  'srvCreated',
  'id',
  'uuid',
  'syncIdentifier',
  'NSCLIENT_ID',
  'pumpId',
  'isValid',
  'name',
  'collection'
] as const;

/**
 * What an identity look-up found. `mayMiss` is there while the store answers from a copy of the recent past, because the database
 * is away: true for a key under which a document may be stored that is not among them.
 */
export type Candidates = Doc[] & { readonly mayMiss?: (key: Key) => boolean };

/** One change to be made durable. `insert` of an `_id` that exists replaces it, so that a repeated attempt does no harm. */
export type Change =
  | { readonly op: 'insert' | 'replace'; readonly collection: StoreName; readonly doc: Doc & { _id: string } }
  | { readonly op: 'remove'; readonly collection: StoreName; readonly _id: string };

/** What only some stores can tell about themselves; sizes in bytes. */
export interface StorageDetails {
  /** Old documents in compressed blocks. */
  readonly archive?: { readonly documents: number; readonly blocks: number; readonly bytes: number };
  /** Uploads kept while the database is away. `ready`: the recent past can be answered from the copy. */
  readonly journal?: {
    readonly away: boolean;
    readonly ready: boolean;
    readonly waiting: number;
    readonly bytes: number;
    readonly maxBytes: number;
  };
}

/** What a database must do for us. Two implementations, `sqlite` and `mongo`, both held to one contract suite. */
export interface Storage {
  readonly kind: 'sqlite' | 'mongodb';
  /** Version of the database engine, `3.53.0`. */
  version(): Promise<string>;
  /**
   * Reads in batches, so that a large answer is never held as a whole. Documents changed meanwhile may come in either version.
   * Without `sort`: oldest stored first. Ties keep that order when ascending, reverse it when descending.
   * @throws Refusal `storage-away`, `bad-query`
   */
  find(collection: StoreName, query: Query): AsyncIterable<Stored[]>;
  /** How many documents match; `limit`, `skip` and `sort` are not looked at. */
  count(collection: StoreName, filter: Query['filter']): Promise<number>;
  /** All documents that have at least one of the keys (a few per key at most), in no order. For the commit path. */
  candidates(collection: StoreName, keys: readonly Key[]): Promise<Candidates>;
  /**
   * Makes all changes durable; when the promise resolves they survive a crash. Atomic where the engine can (SQLite), else in
   * the order given with each document whole. Changes of parallel callers may share one transaction.
   * @throws Refusal `storage-away`, `too-large`, `storage-failed`; then (SQLite) none or (MongoDB) some of them were made
   */
  apply(changes: readonly Change[]): Promise<void>;
  /** Bytes of documents and of indexes. */
  sizes(): Promise<{ dataSize: number; indexSize: number }>;
  /**
   * Resolves when documents can be stored: the database answers, or what it cannot take now is kept for it.
   * @throws Refusal `storage-away`
   */
  ping(): Promise<void>;
  /** For administrators; cheap. */
  details?(): StorageDetails;
  /** Finishes what is under way and lets go of files and connections. */
  close(): Promise<void>;
}

/** A {@link Stored} made from the object; its text is made on demand. */
export function storedDoc(doc: Doc): Stored {
  let json: string | undefined;
  return {
    doc,
    get json() {
      json ??= JSON.stringify(doc);
      return json;
    }
  };
}

/** A {@link Stored} made from JSON text; the object is made on demand. */
export function storedJson(json: string): Stored {
  let doc: Doc | undefined;
  return {
    json,
    get doc() {
      doc ??= JSON.parse(json) as Doc;
      return doc;
    }
  };
}
