import { Refusal } from '../errors.ts';
import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import { purify } from './purify.ts';

const MAX_DEPTH = 100;

/**
 * Admits what a client calls a document: an object, not too deep, no `$` in front of a key (MongoDB would read an operator),
 * an `identifier` that is text, active HTML stripped (D7), `_id: null` read as absent (D8). What one of the stores could not keep
 * is refused at both, so that a site can change its store; half of a surrogate pair, which is no text, becomes U+FFFD.
 * @returns a copy; the input stays untouched
 * @throws Refusal `bad-document`
 */
export function admit(value: unknown): Doc {
  if (!isPlainObject(value)) throw new Refusal('bad-document', 'Each document must be a JSON object');
  const doc = clean(value, 0) as Doc;
  if (doc._id === null) delete doc._id;
  if (doc.identifier !== undefined && doc.identifier !== null && typeof doc.identifier !== 'string')
    throw new Refusal('bad-document', 'identifier must be text');
  return doc;
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return purify(wellFormed(value));
  // JSON has no word for it: it would come back as null
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Refusal('bad-document', 'A number is too large');
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) throw new Refusal('bad-document', 'Document nested too deeply');
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const key = wellFormed(name);
    if (key.startsWith('$')) throw new Refusal('bad-document', 'Field names must not start with $');
    if (key.includes('\0') || key === '_bsontype') throw new Refusal('bad-document', 'A field name is not allowed');
    // a plain assignment to __proto__ would change the object instead of adding a field
    if (key === '__proto__')
      Object.defineProperty(out, key, { value: clean(item, depth + 1), enumerable: true, writable: true, configurable: true });
    else out[key] = clean(item, depth + 1);
  }
  return out;
}

const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());
