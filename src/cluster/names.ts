import type { CollectionName } from '../storage/port.ts';

/** What this site calls its things in Redis. */
export interface Names {
  /** The stream that carries what processes tell each other. */
  readonly stream: string;
  /** Per collection: the last srvModified given out, and (`:id`) where and by whom it was announced last. */
  readonly clock: string;
  /** Which process sounds alarms. */
  readonly leader: string;
  /** Start of the channels of Socket.IO. */
  readonly sockets: string;
  /** The lock of a collection, who waits for it, and when they asked last. */
  turn(collection: CollectionName): { readonly lock: string; readonly queue: string; readonly asked: string };
}

export const createNames = (prefix: string): Names => ({
  stream: `${prefix}:bus`,
  clock: `${prefix}:clock`,
  leader: `${prefix}:leader`,
  sockets: `${prefix}:io`,
  turn: (collection) => ({
    lock: `${prefix}:turn:${collection}`,
    queue: `${prefix}:turn:${collection}:queue`,
    asked: `${prefix}:turn:${collection}:asked`
  })
});
