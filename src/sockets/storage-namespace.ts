import type { Namespace, Server, Socket } from 'socket.io';
import { createClientAddress } from '../access/client-address.ts';
import type { Identity } from '../access/identity.ts';
import type { Committed } from '../bus/events.ts';
import { identifierOf, isV3Collection, presentDoc, V3_COLLECTIONS, type V3Collection } from '../collections/v3-document.ts';
import { Refusal } from '../errors.ts';
import type { Services } from '../services.ts';
import type { StorageEvents, StorageRequests, StorageSubscribed } from './events.ts';
import { createTeller } from './tell.ts';
import { createLimit } from './write-limit.ts';

type StorageSocket = Socket<StorageRequests, StorageEvents>;

/** How often one socket may subscribe. */
const LIMIT = { burst: 20, perSecond: 1 };
/** Names in one subscription; more are nobody's wish. */
const MAX_NAMES = 100;

const FAILED: StorageSubscribed = { success: false, message: 'Missing or bad accessToken' };
const tooMany = (retryAfter: number): StorageSubscribed => ({ success: false, message: 'Too many requests', retryAfter });
const NOTHING: StorageSubscribed = { success: false, message: 'Unauthorized to receive any collection' };

const permissionFor = (collection: V3Collection): string =>
  collection === 'settings' ? 'api:settings:admin' : `api:${collection}:read`;

/**
 * The change feed of AAPS: whoever subscribed with an access token hears of every stored change of the collections it may
 * read, whichever door the change came in by (D1). One room per collection.
 * @returns a function that takes the namespace off the bus again
 */
export function attachStorageNamespace(io: Server, services: Services): () => void {
  const { access, bus, config, log, now } = services;
  const namespace: Namespace<StorageRequests, StorageEvents> = io.of('/storage');
  const addressOf = createClientAddress(config.trustProxy);
  /** As whom each socket subscribed, by subject; it hears what any of them may read. */
  const subscribers = new WeakMap<StorageSocket, Map<string | undefined, Identity>>();

  async function subscribe(socket: StorageSocket, message: unknown): Promise<StorageSubscribed> {
    const { accessToken, collections } = (typeof message === 'object' && message !== null ? message : {}) as Record<
      string,
      unknown
    >;
    if (!accessToken) return FAILED;
    const who = await access.byAccessToken(accessToken, addressOf(socket.request));
    if (!who) {
      createTeller(services, socket.request, addressOf).unknown({ token: accessToken }, 'subscribe /storage');
      return FAILED;
    }
    const wanted: readonly unknown[] = Array.isArray(collections) ? collections.slice(0, MAX_NAMES) : V3_COLLECTIONS;
    const granted = wanted.filter(isV3Collection).filter((name) => who.may(permissionFor(name)));
    if (granted.length === 0) return NOTHING;
    const known = subscribers.get(socket) ?? new Map();
    subscribers.set(socket, known.set(who.subjectId, who));
    await socket.join(granted);
    return { success: true, collections: granted };
  }

  namespace.on('connection', (socket) => {
    const limit = createLimit(LIMIT, now);
    socket.on('subscribe', (...args: unknown[]) => {
      const ack = args.find((arg) => typeof arg === 'function') as ((answer: StorageSubscribed) => void) | undefined;
      const retryAfter = limit.take();
      if (retryAfter > 0) return ack?.(tooMany(retryAfter));
      subscribe(socket, args[0]).then(
        (answer) => ack?.(answer),
        (error: unknown) => {
          if (error instanceof Refusal && error.code === 'too-many') return ack?.(tooMany(error.retryAfter ?? 60));
          log.error({ err: error }, 'storage subscription failed');
          ack?.(FAILED);
        }
      );
    });
  });

  const offCommitted = bus.subscribe('committed', 'storage-namespace', (events) => {
    for (const event of ascending(events)) if (!isOld(event, now())) announce(namespace, event);
  });
  const offAccess = bus.subscribe('access-changed', 'storage-namespace', () => {
    for (const socket of namespace.sockets.values()) {
      const who = [...(subscribers.get(socket)?.values() ?? [])];
      for (const room of socket.rooms) {
        if (isV3Collection(room) && !who.some((identity) => identity.may(permissionFor(room)))) void socket.leave(room);
      }
    }
  });
  return () => {
    offCommitted();
    offAccess();
  };
}

/** AAPS moves its mark back to an old change and would read everything after it again; a year of them would bury it. */
const IMPORT_HEARD_MS = 3 * 86_400_000;

const isOld = ({ collection, door, srvModified }: Committed, now: number): boolean =>
  door === 'import' && DATED.has(collection) && srvModified < now - IMPORT_HEARD_MS;

/** Of the others there are few. */
const DATED: ReadonlySet<string> = new Set(['entries', 'treatments', 'devicestatus']);

/** AAPS moves its mark to the srvModified of each event, so they go out in that order. */
const ascending = (events: readonly Committed[]): readonly Committed[] =>
  events.length < 2 ? events : events.toSorted((a, b) => a.srvModified - b.srvModified);

function announce(namespace: Namespace<StorageRequests, StorageEvents>, { collection, op, doc }: Committed): void {
  if (!isV3Collection(collection) || !namespace.adapter.rooms.get(collection)?.size) return;
  const room = namespace.local.to(collection);
  if (op === 'delete') room.emit('delete', { colName: collection, identifier: identifierOf(doc) });
  else room.emit(op, { colName: collection, doc: presentDoc(collection, doc) });
}
