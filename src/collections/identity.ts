import { canonicalId } from '../storage/object-id.ts';
import type { CollectionName, Doc, Key } from '../storage/port.ts';
import { REGISTRY } from './registry.ts';

/** One way to find the stored version of an incoming document; `accept` may still say "that is another one". */
export interface Lookup {
  readonly key: Key;
  readonly accept?: (stored: Doc) => boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for text in the 8-4-4-4-12 form, any case (Loop's are upper case). */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

const present = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || (typeof value === 'number' && Number.isFinite(value));

/** Kinds of ids that apps give their own documents; two different values of one kind mean two documents. */
const OWN_KINDS = ['identifier', 'NSCLIENT_ID', 'syncIdentifier', 'id', 'uuid', 'pumpId'] as const;

/** True unless both documents carry an id of the same kind with different values (D3: then both are kept). */
export function sameOwner(incoming: Doc, stored: Doc): boolean {
  return OWN_KINDS.every((kind) => !present(incoming[kind]) || !present(stored[kind]) || incoming[kind] === stored[kind]);
}

function keyOf(doc: Doc, fields: readonly string[]): Key | undefined {
  const key: Record<string, string | number> = {};
  for (const field of fields) {
    const value = doc[field];
    if (!present(value)) return undefined;
    key[field] = value;
  }
  return key;
}

/**
 * How to find the stored version of a document, strongest first (D3): `identifier`, `_id`, the app's own id, then the
 * collection's fallback key under the guard of {@link sameOwner}.
 *
 * Two of the app's ids need company, because they are shared by documents that must all be kept: Trio gives a meal and its
 * later fat/protein equivalents one `id` (so the time belongs to the key), and a pump may report a dose and an event under one
 * `pumpId` (so the event type does).
 */
export function identityLookups(collection: CollectionName, doc: Doc): Lookup[] {
  const { fallbackKey, timeField } = REGISTRY[collection];
  const lookups: Lookup[] = [];
  const { identifier, _id } = doc;
  if (present(identifier)) {
    lookups.push({ key: { identifier } });
    // a document without identifier is known by its _id: v1-born ones in v3, legacy Loop overrides with a UUID as _id
    lookups.push({ key: { _id: canonicalId(String(identifier)) }, accept: (stored) => !present(stored.identifier) });
  }
  if (present(_id)) lookups.push({ key: { _id: canonicalId(String(_id)) } });
  const own = [
    keyOf(doc, ['NSCLIENT_ID']),
    keyOf(doc, ['syncIdentifier']),
    isUuid(doc.uuid) ? keyOf(doc, ['uuid']) : undefined,
    isUuid(doc.id) ? keyOf(doc, ['id', timeField]) : undefined,
    keyOf(doc, ['pumpId', 'pumpType', 'pumpSerial', 'eventType'])
  ];
  for (const key of own) if (key) lookups.push({ key, accept: (stored) => sameOwner(doc, stored) });
  const fallback = fallbackKey && keyOf(doc, fallbackKey);
  if (fallback) lookups.push({ key: fallback, accept: (stored) => sameOwner(doc, stored) });
  return lookups;
}
