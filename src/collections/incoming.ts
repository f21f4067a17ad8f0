import { Refusal } from '../errors.ts';
import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import { purify } from './purify.ts';

const MAX_DEPTH = 100;

/**
 * Admits what a client calls a document: an object, not too deep, no `$` in front of a key (MongoDB would read an operator),
 * an `identifier` that is text, active HTML stripped (D7), `_id: null` read as absent (D8).
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
  if (typeof value === 'string') return purify(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) throw new Refusal('bad-document', 'Document nested too deeply');
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith('$')) throw new Refusal('bad-document', 'Field names must not start with $');
    // a plain assignment to __proto__ would change the object instead of adding a field
    if (key === '__proto__')
      Object.defineProperty(out, key, { value: clean(item, depth + 1), enumerable: true, writable: true, configurable: true });
    else out[key] = clean(item, depth + 1);
  }
  return out;
}
