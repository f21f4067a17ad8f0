import { BSON } from 'mongodb';

const { Binary, BSONSymbol, Code, DBRef, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp, UUID } = BSON;

/** A value that JSON, and so no client, has ever seen. */
class Unspeakable extends Error {}

/**
 * What BSON knows beyond JSON, as clients of the reference see it: ObjectIds as hex digits, dates as ISO text, numbers as
 * numbers. 64-bit and decimal numbers that a double cannot hold exactly become text; NaN becomes null.
 * @throws Unspeakable for what has no such form (regular expressions, code)
 */
function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return ofDigits(String(value));
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof UUID) return value.toString();
  if (value instanceof Double || value instanceof Int32) return plain(value.valueOf());
  if (value instanceof Timestamp) return ofDigits(value.toString());
  if (Long.isLong(value)) return ofDigits(value.toString());
  if (value instanceof Decimal128) return ofDecimal(value.toString());
  if (value instanceof Binary)
    return value.sub_type === Binary.SUBTYPE_UUID ? value.toUUID().toString() : value.toString('base64');
  if (value instanceof BSONSymbol) return value.valueOf();
  const strange = [RegExp, BSON.BSONRegExp, Code, DBRef, MinKey, MaxKey].some((kind) => value instanceof kind);
  if (strange) throw new Unspeakable('It holds a value JSON has no word for');
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (name === '__proto__')
      Object.defineProperty(out, name, { value: plain(item), enumerable: true, writable: true, configurable: true });
    else out[name] = plain(item);
  }
  return out;
}

const ofDigits = (digits: string): number | string => (Number.isSafeInteger(Number(digits)) ? Number(digits) : digits);

/** `5.50` and `5.5` are one amount. */
function ofDecimal(text: string): number | string | null {
  const value = Number(text);
  if (!Number.isFinite(value)) return /^-?(nan|inf)/i.test(text) ? null : text;
  const digits = text.replace(/e.*$/i, '').replace(/[-.]/g, '').replace(/^0+/, '');
  return digits.length <= 15 ? value : text;
}

/** A document of a database: its `_id` as text, ObjectIds in hex digits, whatever else as Extended JSON. @throws Unspeakable */
export function plainDocument(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const doc = plain(raw) as Record<string, unknown>;
  if ('_id' in raw && typeof doc._id !== 'string') doc._id = raw._id === null ? undefined : BSON.EJSON.stringify(raw._id);
  if (doc._id === undefined) delete doc._id;
  return doc;
}
