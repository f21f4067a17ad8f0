import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus } from '../../src/bus/bus.ts';
import type { Committed } from '../../src/bus/events.ts';
import { createCommit, type Outcome } from '../../src/collections/commit.ts';
import { collect } from '../../src/collections/read.ts';
import type { Upload } from '../../src/collections/upload.ts';
import type { CollectionName, Doc } from '../../src/storage/port.ts';
import { openTestStorage } from '../support/store.ts';

/** The server's clock in these tests. */
export const NOW = Date.parse('2026-11-22T10:00:00.000Z');
export const ISO = (minutesAgo: number): string => new Date(NOW - minutesAgo * 60_000).toISOString();
export const CONTEXT = { now: NOW, uuidHandling: true, predictionsMaxSize: 288 } as const;

export interface Kit {
  /** Commits uploads. @returns what v1 would answer: the document as understood, and the `_id` it is stored under */
  send(
    collection: CollectionName,
    uploads: Upload | readonly Upload[]
  ): Promise<{ incoming: Doc; _id: string | undefined; op: Outcome['op'] }[]>;
  /** Everything stored, oldest first, without what the server gives out. */
  stored(collection: CollectionName): Promise<Doc[]>;
  /** The same with `_id`, `srvCreated`, `srvModified`. */
  whole(collection: CollectionName): Promise<Doc[]>;
  readonly heard: Committed[];
  close(): Promise<void>;
}

/** The real commit path over a real store. */
export function createKit(): Kit {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-uploads-'));
  const storage = openTestStorage(join(folder, 'vigil.db'));
  const heard: Committed[] = [];
  const bus = createBus((error) => {
    throw error;
  });
  bus.subscribe('committed', 'test', (events) => void heard.push(...events));
  const commit = createCommit(storage, bus, () => NOW);
  const whole = (collection: CollectionName): Promise<Doc[]> => collect(storage, collection, { filter: {} });
  return {
    heard,
    whole,
    async send(collection, uploads) {
      const list = Array.isArray(uploads) ? (uploads as Upload[]) : [uploads as Upload];
      const outcomes = await commit(collection, 'v1', list);
      return outcomes.map(({ doc, op }, index) => ({ incoming: list[index]!.incoming, _id: doc?._id, op }));
    },
    stored: async (collection) => (await whole(collection)).map(({ _id, srvCreated, srvModified, ...fields }) => fields),
    async close() {
      await storage.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
