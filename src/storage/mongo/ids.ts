import { BSON, ObjectId } from 'mongodb';
import { canonicalId, isObjectId } from '../object-id.ts';

/** Ids that are neither text nor ObjectId (some tool wrote them) look like this outside; anything else is never parsed. */
const ODD = /^(null|true|false|-?\d{1,16}(\.\d+)?|\{.*\})$/s;

/** A stored `_id`, of whatever type, as the text it has outside: ObjectIds as 24 hex digits, text unchanged, the rest as EJSON. */
export function idText(stored: unknown): string {
  if (typeof stored === 'string') return stored;
  if (stored instanceof ObjectId) return stored.toHexString();
  return BSON.EJSON.stringify(stored ?? null);
}

/** How a new document's id is stored: 24 hex digits as ObjectId, as the reference does, other text as it is. */
export const newId = (text: string): unknown => (isObjectId(text) ? new ObjectId(text) : text);

/**
 * Everything that may be stored as `_id` of the document known as `text`. The reference kept ids that clients had sent as text
 * even when they were 24 hex digits (devicestatus, profile), so both forms occur.
 */
export function storedIds(text: string): unknown[] {
  if (isObjectId(text)) return [...new Set([text, canonicalId(text)]), new ObjectId(text)];
  const odd = ODD.test(text) ? parseOdd(text) : undefined;
  return odd === undefined ? [text] : [text, odd];
}

function parseOdd(text: string): unknown {
  try {
    const value: unknown = BSON.EJSON.parse(text);
    return idText(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
