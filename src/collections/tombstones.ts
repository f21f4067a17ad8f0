import type { CollectionName, Doc } from '../storage/port.ts';
import { REGISTRY } from './registry.ts';

const IDENTITY_FIELDS = ['identifier', 'date', 'created_at', 'eventType', 'type', 'device', 'app', 'utcOffset', 'NSCLIENT_ID'];

/**
 * What a hard delete leaves behind, in a collection of its own: v1 never shows it and a Nightscout opened on the same database
 * never meets it, but v3 HISTORY and lastModified report it, so that apps which synchronise by history drop their copy too.
 * @param srvModified epoch ms of the delete
 */
export function tombstoneOf(collection: CollectionName, doc: Doc & { _id: string }, srvModified: number): Doc & { _id: string } {
  const { _id, ...fields } = doc;
  const kept =
    REGISTRY[collection].tombstone === 'whole'
      ? fields
      : Object.fromEntries(IDENTITY_FIELDS.filter((f) => f in fields).map((f) => [f, fields[f]]));
  // a field of that name must not hide which collection the document was in
  return { ...kept, _id: `${collection}:${_id}`, collection, identifier: fields.identifier ?? _id, isValid: false, srvModified };
}
