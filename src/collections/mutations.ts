import { Refusal } from '../errors.ts';
import { canonicalId } from '../storage/object-id.ts';
import type { CollectionName, Doc } from '../storage/port.ts';
import type { Filter } from '../storage/query.ts';
import { isPlainObject, matcher } from '../storage/query.ts';
import type { Mutation } from './commit.ts';
import { identityLookups, type Lookup } from './identity.ts';

/** Checked against the stored version inside the commit, so that nothing changes in between. @throws Refusal `stale` */
export type Precondition = (stored: Doc) => void;

/** How an incoming document meets a stored one: fields laid over it, put in its place, or not at all. */
export type OnMatch = 'merge' | 'replace' | 'keep';

/**
 * Stores a document, or brings the stored one up to date.
 * @param incoming admitted ({@link admit}) and normalised by its collection
 * @param lookups how to find the stored one; default: the identity rule of all doors (D3)
 */
export function upsert(
  collection: CollectionName,
  incoming: Doc,
  { onMatch, lookups, precondition }: { onMatch: OnMatch; lookups?: readonly Lookup[]; precondition?: Precondition }
): Mutation {
  return {
    lookups: lookups ?? identityLookups(collection, incoming),
    decide: (stored) => {
      if (!stored) return { do: 'store', doc: incoming };
      precondition?.(stored);
      if (onMatch === 'keep') return { do: 'nothing' };
      if (onMatch === 'merge') return { do: 'store', doc: { ...stored, ...incoming, _id: stored._id } };
      // v3 addresses the document by its identifier: replacing it over v1 must not take that away
      const identifier = incoming.identifier ?? stored.identifier;
      return { do: 'store', doc: { ...incoming, ...(identifier !== undefined && { identifier }) } };
    }
  };
}

/** Finds a document by what any door calls its id: `_id`, or `identifier`. */
const idLookups = (id: string): Lookup[] => [{ key: { _id: canonicalId(id) } }, { key: { identifier: id } }];

/** Sets and unsets fields of one document (dotted paths reach inside); nothing happens when the id is unknown. */
export function patch(id: string, set: Doc, unset: readonly string[] = [], precondition?: Precondition): Mutation {
  return {
    lookups: idLookups(id),
    decide: (stored) => {
      if (!stored) return { do: 'nothing' };
      precondition?.(stored);
      let doc: Doc = stored;
      const own = new Set<object>();
      for (const [path, value] of Object.entries(set)) if (path !== '_id') doc = withPath(doc, path.split('.'), value, own);
      for (const path of unset) if (path !== '_id') doc = withoutPath(doc, path.split('.'), own);
      return { do: 'store', doc };
    }
  };
}

/** Removes one document for good, leaving a tombstone. */
export const remove = (id: string, precondition?: Precondition): Mutation => ({
  lookups: idLookups(id),
  decide: (stored) => {
    if (!stored) return { do: 'nothing' };
    precondition?.(stored);
    return { do: 'remove' };
  }
});

/** Removes one document if it still matches when its turn comes. */
export function removeIf(_id: string, filter: Filter): Mutation {
  const fits = matcher(filter);
  return { lookups: [{ key: { _id } }], decide: (stored) => (stored && fits(stored) ? { do: 'remove' } : { do: 'nothing' }) };
}

type Branch = Doc | unknown[];
const isBranch = (value: unknown): value is Branch => isPlainObject(value) || Array.isArray(value);
/** A copy that may be changed; what is a copy already is not copied for each of thousands of fields. */
function copyOf(branch: Branch, own: Set<object>): Doc {
  if (own.has(branch)) return branch as Doc;
  const copy = (Array.isArray(branch) ? [...branch] : { ...branch }) as Doc;
  own.add(copy);
  return copy;
}

/** A copy with one field set; what lies beside the path is shared (it may hold database types that cannot be cloned). */
function withPath(branch: Branch, [head = '', ...rest]: readonly string[], value: unknown, own: Set<object>): Doc {
  if (head === '' || head === '__proto__') throw new Refusal('bad-document', 'Bad field path');
  // an index far behind the end would make a list of billions
  if (Array.isArray(branch) && !(/^\d+$/.test(head) && Number(head) <= branch.length))
    throw new Refusal('bad-document', 'A field path leads past the end of a list');
  const copy = copyOf(branch, own);
  if (rest.length === 0) copy[head] = value;
  else {
    const inner = copy[head] ?? {};
    if (!isBranch(inner)) throw new Refusal('bad-document', 'A field path leads through a plain value');
    copy[head] = withPath(inner, rest, value, own);
  }
  return copy;
}

/** A copy without one field; the same object when there is no such field. */
function withoutPath(branch: Branch, [head = '', ...rest]: readonly string[], own: Set<object>): Doc {
  const doc = branch as Doc;
  if (!Object.hasOwn(doc, head)) return doc;
  const copy = copyOf(branch, own);
  const inner = copy[head];
  if (rest.length === 0) delete copy[head];
  else if (isBranch(inner)) copy[head] = withoutPath(inner, rest, own);
  return copy;
}
