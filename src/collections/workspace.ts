import type { Doc, Key } from '../storage/port.ts';
import type { Lookup } from './identity.ts';

type Whole = Doc & { _id: string };

/** A batch asks this many thousand times: its fields in the order written, which for one kind of key is always the same. */
function shapeOf(key: Key): string {
  let shape = '';
  for (const field in key) shape += `${field}\u0000`;
  return shape;
}

/** Equal for equal values, and for those only: a number is told from the same digits as text. */
function hashOf(doc: Doc, fields: readonly string[]): string {
  let hash = '';
  for (const field of fields) {
    const value = doc[field];
    hash +=
      typeof value === 'string'
        ? `${value.length}"${value}\u0000`
        : `${typeof value === 'number' ? value : JSON.stringify(value)}\u0000`;
  }
  return hash;
}

/** Of several stored documents under one key: valid before deleted, then the one changed last. */
function preferred(a: Whole, b: Whole): Whole {
  const valid = Number(a.isValid !== false) - Number(b.isValid !== false);
  if (valid !== 0) return valid > 0 ? a : b;
  return Number(a.srvModified ?? 0) >= Number(b.srvModified ?? 0) ? a : b;
}

interface Shape {
  readonly fields: readonly string[];
  readonly byHash: Map<string, string[]>;
  /** Hashes somebody will ask for; documents under any other need not be found. */
  readonly wanted: Set<string>;
}

/**
 * The documents a batch of writes can touch, as they will be once it is stored: a later write of the batch finds what an
 * earlier one left. Holds nothing but what {@link load} gave it and what the batch put in.
 */
export class Workspace {
  readonly #docs = new Map<string, Whole>();
  /** per shape of key (its field names): the fields, and the documents by their values there */
  readonly #shapes = new Map<string, Shape>();
  /** Where every expected key is looked up: worked out once, asked for again when its turn comes. */
  readonly #places = new Map<Key, { readonly shape: Shape; readonly hash: string }>();
  #undo: [id: string, before: Whole | undefined][] = [];
  readonly #expected: Key[] = [];

  /** Different ones of the keys that are {@link expect}ed. */
  get expected(): readonly Key[] {
    return this.#expected;
  }

  /** Tells of a key the batch will ask for; before anything is loaded. */
  expect(key: Key): void {
    const name = shapeOf(key);
    let shape = this.#shapes.get(name);
    if (!shape) {
      shape = { fields: Object.keys(key), byHash: new Map(), wanted: new Set() };
      this.#shapes.set(name, shape);
    }
    const hash = hashOf(key, shape.fields);
    this.#places.set(key, { shape, hash });
    if (shape.wanted.size === shape.wanted.add(hash).size) return;
    this.#expected.push(key);
  }

  /** Takes in stored documents. */
  load(docs: readonly Doc[]): void {
    for (const doc of docs) this.#set(doc as Whole);
  }

  /** The first look-up that finds an acceptable document decides. */
  find(lookups: readonly Lookup[]): Whole | undefined {
    for (const { key, accept } of lookups) {
      const place = this.#places.get(key);
      const ids = place?.shape.byHash.get(place.hash);
      if (!ids) continue;
      let found: Whole | undefined;
      for (const id of ids) {
        const doc = this.#docs.get(id);
        if (doc && (accept?.(doc) ?? true)) found = found ? preferred(found, doc) : doc;
      }
      if (found) return found;
    }
    return undefined;
  }

  /** All documents in here, for conditions that are no key. */
  values(): Iterable<Whole> {
    return this.#docs.values();
  }

  get(_id: string): Whole | undefined {
    return this.#docs.get(_id);
  }

  put(doc: Whole): void {
    this.#undo.push([doc._id, this.#docs.get(doc._id)]);
    this.#set(doc);
  }

  remove(_id: string): void {
    this.#undo.push([_id, this.#docs.get(_id)]);
    this.#drop(_id);
  }

  /** What was put or removed up to here stays. */
  keep(): void {
    this.#undo = [];
  }

  /** Takes back everything since the last {@link keep}. */
  rollback(): void {
    for (const [id, before] of this.#undo.reverse()) {
      if (before) this.#set(before);
      else this.#drop(id);
    }
    this.#undo = [];
  }

  #set(doc: Whole): void {
    this.#drop(doc._id);
    this.#docs.set(doc._id, doc);
    for (const { fields, byHash, wanted } of this.#shapes.values()) {
      const hash = hashOf(doc, fields);
      if (!wanted.has(hash)) continue;
      const ids = byHash.get(hash);
      if (ids) ids.push(doc._id);
      else byHash.set(hash, [doc._id]);
    }
  }

  #drop(_id: string): void {
    const doc = this.#docs.get(_id);
    if (!doc) return;
    this.#docs.delete(_id);
    for (const { fields, byHash } of this.#shapes.values()) {
      const ids = byHash.get(hashOf(doc, fields));
      const at = ids?.indexOf(_id) ?? -1;
      if (at >= 0) ids!.splice(at, 1);
    }
  }
}
