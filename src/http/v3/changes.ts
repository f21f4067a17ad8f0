import { REGISTRY } from '../../collections/registry.ts';
import { modifiedAt, presentDoc, type V3Collection } from '../../collections/v3-document.ts';
import type { Doc, Storage, Stored } from '../../storage/port.ts';
import type { Filter } from '../../storage/query.ts';
import { presentJson } from './present.ts';

/** One changed or deleted document; text and object are made when asked for. */
export interface Change {
  /** Epoch ms. */
  readonly modified: number;
  json(): string;
  doc(): Doc;
}

interface Window {
  /** Changes later than this (epoch ms). */
  readonly after: number;
  readonly limit: number;
  /** The clock, epoch ms. */
  readonly now: number;
}

/**
 * What changed in a collection, oldest first: stored documents, hard deletes (D1), and documents the reference wrote over v1,
 * which have no srvModified and count with their date. All changes of one instant come on one page, even past the limit:
 * who asks on from its last instant must not miss any (D5).
 */
export async function changesSince(storage: Storage, collection: V3Collection, { after, limit, now }: Window): Promise<Change[]> {
  const wanted = { limit: limit + 1, now };
  const streams = await Promise.all([
    stored(storage, collection, { $gt: after }, wanted.limit),
    tombstones(storage, collection, { $gt: after }, wanted.limit),
    undated(storage, collection, { after, ...wanted })
  ]);
  const changes = merge(streams);
  if (changes.length <= limit) return changes;
  const page = changes.slice(0, limit);
  const instant = page.at(-1)!.modified;
  if (changes[limit]!.modified !== instant) return page;
  const group = await Promise.all([
    stored(storage, collection, { $eq: instant }),
    tombstones(storage, collection, { $eq: instant }),
    undated(storage, collection, { after: instant - 1, upTo: instant, now })
  ]);
  return [...page.filter(({ modified }) => modified < instant), ...group.flat()];
}

function merge(streams: readonly (readonly Change[])[]): Change[] {
  const filled = streams.filter((stream) => stream.length > 0);
  if (filled.length <= 1) return [...(filled[0] ?? [])];
  return filled.flat().sort((a, b) => a.modified - b.modified);
}

const bySrvModified = (filter: Filter, limit?: number) =>
  ({ filter, sort: [['srvModified', 1]], ...(limit !== undefined && { limit }) }) as const;

async function stored(storage: Storage, collection: V3Collection, srvModified: Filter, limit?: number): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const batch of storage.find(collection, bySrvModified({ srvModified }, limit))) {
    for (const item of batch) changes.push(storedChange(collection, item));
  }
  return changes;
}

function storedChange(collection: V3Collection, item: Stored): Change {
  const { json, modified } = presentJson(collection, item);
  return { modified: modified!, json: () => json, doc: () => presentDoc(collection, item.doc) };
}

async function tombstones(storage: Storage, collection: V3Collection, srvModified: Filter, limit?: number): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const batch of storage.find('tombstones', bySrvModified({ collection, srvModified }, limit))) {
    for (const { doc } of batch) {
      const { _id, collection: _, ...shown } = doc;
      changes.push(docChange(shown, Number(shown.srvModified)));
    }
  }
  return changes;
}

const docChange = (shown: Doc, modified: number): Change => ({ modified, json: () => JSON.stringify(shown), doc: () => shown });

/** Documents without srvModified in a window of their date; never one ahead of the clock, which would carry the app's mark away. */
async function undated(
  storage: Storage,
  collection: V3Collection,
  { after, upTo, limit, now }: { after: number; upTo?: number; limit?: number; now: number }
): Promise<Change[]> {
  const field = REGISTRY[collection].fallbackDate;
  if (!field) return [];
  const end = Math.min(upTo ?? now, now);
  const value = (ms: number): unknown => (field === 'date' ? ms : new Date(ms).toISOString());
  const changes: Change[] = [];
  const query = {
    filter: { srvModified: null, [field]: { $gt: value(after), $lte: value(end) } },
    sort: [[field, 1]],
    ...(limit !== undefined && { limit })
  } as const;
  for await (const batch of storage.find(collection, query)) {
    for (const { doc } of batch) {
      const modified = modifiedAt(collection, doc);
      if (modified !== undefined && modified > after && modified <= end)
        changes.push(docChange(presentDoc(collection, doc), modified));
    }
  }
  return changes.sort((a, b) => a.modified - b.modified);
}
