import { Refusal } from '../errors.ts';
import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import { purify } from './purify.ts';

const MAX_DEPTH = 100;

/**
 * Admits what a client calls a document: an object, not too deep, no `$` in front of a key (MongoDB would read an operator),
 * an `identifier` that is text, active HTML stripped (D7), `_id: null` read as absent (D8). What one of the stores could not keep
 * is refused at both, so that a site can change its store; half of a surrogate pair, which is no text, becomes U+FFFD.
 * @returns the input itself where nothing of it had to change, else a copy; the input stays untouched
 * @throws Refusal `bad-document`
 */
export function admit(value: unknown): Doc {
  if (!isPlainObject(value)) throw new Refusal('bad-document', 'Each document must be a JSON object');
  const cleaned = clean(value, 0) as Doc;
  const doc = cleaned._id === null ? withoutId(cleaned) : cleaned;
  if (doc.identifier !== undefined && doc.identifier !== null && typeof doc.identifier !== 'string')
    throw new Refusal('bad-document', 'identifier must be text');
  return doc;
}

const withoutId = ({ _id, ...rest }: Doc): Doc => rest;

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return purify(wellFormed(value));
  // JSON has no word for it: it would come back as null
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Refusal('bad-document', 'A number is too large');
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) throw new Refusal('bad-document', 'Document nested too deeply');
  return Array.isArray(value) ? cleanList(value, depth) : cleanFields(value as Record<string, unknown>, depth);
}

function cleanList(list: readonly unknown[], depth: number): readonly unknown[] {
  let out: unknown[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const item = clean(list[at], depth + 1);
    if (!out && item !== list[at]) out = list.slice(0, at);
    out?.push(item);
  }
  return out ?? list;
}

/** Nearly every document is fine as it is, and copies of the thousands of a backfill are dear. */
function cleanFields(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  let out: Record<string, unknown> | undefined = isPlainObject(fields) ? undefined : {};
  const names = Object.keys(fields);
  for (let at = 0; at < names.length; at++) {
    const name = names[at]!;
    const key = wellFormed(name);
    if (key.startsWith('$')) throw new Refusal('bad-document', 'Field names must not start with $');
    if (key.includes('\0') || key === '_bsontype') throw new Refusal('bad-document', 'A field name is not allowed');
    const item = clean(fields[name], depth + 1);
    if (!out && (key !== name || item !== fields[name])) {
      out = {};
      for (const before of names.slice(0, at)) set(out, before, fields[before]);
    }
    if (out) set(out, key, item);
  }
  return out ?? fields;
}

function set(out: Record<string, unknown>, key: string, value: unknown): void {
  // a plain assignment to __proto__ would change the object instead of adding a field
  if (key === '__proto__') Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
  else out[key] = value;
}

const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());
