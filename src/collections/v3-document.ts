import type { Doc } from '../storage/port.ts';
import { REGISTRY } from './registry.ts';
import { parseV3Time } from './v3-time.ts';

/** The collections API v3 and the `/storage` namespace know, in the order they answer in. */
export const V3_COLLECTIONS = ['devicestatus', 'entries', 'food', 'profile', 'settings', 'treatments'] as const;
export type V3Collection = (typeof V3_COLLECTIONS)[number];

/** True for the name of a collection of API v3 (`activity` is none). */
export const isV3Collection = (name: unknown): name is V3Collection => (V3_COLLECTIONS as readonly unknown[]).includes(name);

/** The identifier v3 shows: the document's own, else its `_id` (documents born over v1 or the socket). */
export const identifierOf = (doc: Doc): string =>
  typeof doc.identifier === 'string' && doc.identifier !== '' ? doc.identifier : String(doc._id);

/**
 * When a document was last changed, epoch ms: its srvModified, else the date that stands in for it (documents the reference
 * wrote into this database over v1); undefined when neither can be read.
 */
export function modifiedAt(collection: V3Collection, doc: Doc): number | undefined {
  if (typeof doc.srvModified === 'number') return doc.srvModified;
  const field = REGISTRY[collection].fallbackDate;
  return field && parseV3Time(doc[field])?.mills;
}

/** A document as v3 and `/storage` show it: `identifier` always, `srvModified` and `srvCreated` where they can be told, never `_id`. */
export function presentDoc(collection: V3Collection, doc: Doc): Doc {
  const { _id, ...shown } = doc;
  shown.identifier = identifierOf(doc);
  shown.srvModified ??= modifiedAt(collection, doc);
  shown.srvCreated ??= shown.srvModified;
  if (shown.srvModified === undefined) delete shown.srvModified;
  if (shown.srvCreated === undefined) delete shown.srvCreated;
  return shown;
}
