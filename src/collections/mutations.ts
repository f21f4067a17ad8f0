import { Refusal } from '../errors.ts';
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
export function upsert(collection: CollectionName, incoming: Doc, { onMatch, lookups, precondition }: { onMatch: OnMatch; lookups?: readonly Lookup[]; precondition?: Precondition }): Mutation {
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
export const idLookups = (id: string): Lookup[] => [{ key: { _id: id } }, { key: { identifier: id } }];

/** Sets and unsets fields of one document (dotted paths reach inside); nothing happens when the id is unknown. */
export function patch(id: string, set: Doc, unset: readonly string[] = [], precondition?: Precondition): Mutation {
  return {
    lookups: idLookups(id),
    decide: (stored) => {
      if (!stored) return { do: 'nothing' };
      precondition?.(stored);
      const doc = structuredClone(stored) as Doc;
      for (const [path, value] of Object.entries(set)) if (path !== '_id') setPath(doc, path.split('.'), value);
      for (const path of unset) if (path !== '_id') unsetPath(doc, path.split('.'));
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

function setPath(target: Doc, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path as [string, ...string[]];
  if (path.some((part) => part === '__proto__' || part === '')) throw new Refusal('bad-document', 'Bad field path');
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const inner = target[head];
  if (inner === undefined || inner === null) target[head] = {};
  else if (!isPlainObject(inner) && !Array.isArray(inner)) throw new Refusal('bad-document', `Cannot set a field inside ${head}`);
  setPath(target[head] as Doc, rest, value);
}

function unsetPath(target: Doc, [head, ...rest]: readonly string[]): void {
  if (head === undefined || !Object.hasOwn(target, head)) return;
  if (rest.length === 0) delete target[head];
  else if (isPlainObject(target[head]) || Array.isArray(target[head])) unsetPath(target[head] as Doc, rest);
}
