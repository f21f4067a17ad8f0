import type { Committed } from '../bus/events.ts';
import type { CollectionName } from '../storage/port.ts';

/** Which changes this process has announced to its own listeners, so that none is announced twice. */
export interface Seen {
  note(events: readonly Committed[]): void;
  /** True when this change, or a later one of the same document, was announced already. */
  knows(event: Committed): boolean;
  /** These are being stored by this process, which will announce them itself. @returns to be called when it is over */
  claim(events: readonly Committed[]): () => void;
  /** True for a change that is being stored here. */
  isClaimed(event: Committed): boolean;
  /** The highest srvModified announced; undefined: none yet. */
  newest(collection: CollectionName): number | undefined;
}

/** Documents remembered; only what several processes told at the same time has to be among them. */
const MOST = 50_000;

export function createSeen(): Seen {
  const versions = new Map<string, number>();
  const newest = new Map<CollectionName, number>();
  const claimed = new Set<string>();
  const keyOf = ({ collection, doc }: Committed): string => `${collection} ${doc._id}`;
  const claimOf = (event: Committed): string => `${keyOf(event)} ${event.srvModified}`;

  return {
    note(events) {
      for (const event of events) {
        const key = keyOf(event);
        // put last: the oldest is forgotten first
        versions.delete(key);
        versions.set(key, event.srvModified);
        newest.set(event.collection, Math.max(event.srvModified, newest.get(event.collection) ?? 0));
      }
      for (const key of versions.keys()) {
        if (versions.size <= MOST) break;
        versions.delete(key);
      }
    },
    claim(events) {
      const keys = events.map(claimOf);
      for (const key of keys) claimed.add(key);
      return () => {
        for (const key of keys) claimed.delete(key);
      };
    },
    isClaimed: (event) => claimed.size > 0 && claimed.has(claimOf(event)),
    // an import keeps the times of its source
    knows: (event) => event.door !== 'import' && (versions.get(keyOf(event)) ?? 0) >= event.srvModified,
    newest: (collection) => newest.get(collection)
  };
}
