import { isDeepStrictEqual } from 'node:util';
import type { Decision, Mutation } from '../collections/commit.ts';
import { identityLookups } from '../collections/identity.ts';
import { canonicalId } from '../storage/object-id.ts';
import type { CollectionName, Doc } from '../storage/port.ts';
import { changedAt } from './times.ts';
import type { How, Verdict } from './verdict.ts';

interface Incoming {
  /** Admitted. */
  readonly doc: Doc;
  readonly how: How;
  /** When the document was deleted for good here, epoch ms. */
  readonly deletedAt: number | undefined;
}

/**
 * The mutation of an import. A document is known by `identifier` and `_id`; what only its time and kind or an app's id connect
 * with a stored one may be a document of its own (databases of the reference hold such), so that is asked back. Of two versions
 * the one changed later stays. `srvModified` and `srvCreated` are the source's (D5), where it has none the date that stands in for them; one that lies
 * ahead of our clock would carry the marks of apps away, so then it is now.
 * @param tell hears what was decided; if twice, the later one holds
 */
export function importOf(
  collection: CollectionName,
  { doc, how, deletedAt }: Incoming,
  tell: (verdict: Verdict) => void
): Mutation {
  const all = identityLookups(collection, doc);
  const strong = all.filter(({ key }) => Object.keys(key).every((field) => field === '_id' || field === 'identifier'));
  const changed = changedAt(collection, doc);
  const decide = (verdict: Verdict, decision: Decision): Decision => {
    tell(verdict);
    return decision;
  };
  const store = (what: 'new' | 'changed', stored: Doc | undefined, now: number): Decision => {
    const srvModified = readable(changed, now);
    const srvCreated = readable(doc.srvCreated, now);
    // v3 addresses the document by it
    const identifier = doc.identifier ?? stored?.identifier;
    return decide(
      { what },
      {
        do: 'store',
        doc: identifier === undefined || identifier === doc.identifier ? doc : { ...doc, identifier },
        ...(srvModified !== undefined && { srvModified }),
        ...(srvCreated !== undefined && { srvCreated })
      }
    );
  };
  return {
    lookups: how === 'alone' ? strong : all,
    decide(stored, now) {
      if (!stored) {
        const isDeleted = deletedAt !== undefined && deletedAt > (changed ?? Number.NEGATIVE_INFINITY);
        return isDeleted ? decide({ what: 'deleted' }, { do: 'nothing' }) : store('new', undefined, now);
      }
      if (how === 'ask' && hasName(doc) && !isKnown(doc, stored))
        return decide({ what: 'alike', names: namesOf(stored) }, { do: 'nothing' });
      if (sameContent(doc, stored)) return decide({ what: 'same' }, { do: 'nothing' });
      const isNewer = (changedAt(collection, stored) ?? Number.NEGATIVE_INFINITY) > (changed ?? Number.NEGATIVE_INFINITY);
      return isNewer ? decide({ what: 'newer' }, { do: 'nothing' }) : store('changed', stored, now);
    }
  };
}

const namesOf = ({ _id, identifier }: Doc): string[] =>
  [_id, identifier].filter((name): name is string => typeof name === 'string' && name !== '');

const hasName = (doc: Doc): boolean => namesOf(doc).length > 0;

function isKnown(doc: Doc, stored: Doc & { _id: string }): boolean {
  if (doc._id !== undefined && canonicalId(doc._id) === canonicalId(stored._id)) return true;
  const { identifier } = doc;
  if (typeof identifier !== 'string' || identifier === '') return false;
  return stored.identifier === identifier || canonicalId(identifier) === canonicalId(stored._id);
}

/** Equal but for what the server gives out; a database may hold dates and the like, which clients see as text. */
function sameContent(doc: Doc, stored: Doc): boolean {
  const [a, b] = [content(doc), content(stored)];
  // a document without identifier gets none by being imported
  if (a.identifier === undefined) delete b.identifier;
  return isDeepStrictEqual(a, b) || isDeepStrictEqual(a, JSON.parse(JSON.stringify(b)));
}

const content = ({ _id, srvCreated, srvModified, ...fields }: Doc): Doc => fields;

/** An instant of the past, as a whole number. */
const readable = (ms: unknown, now: number): number | undefined =>
  typeof ms === 'number' && ms > 0 && ms <= now ? Math.trunc(ms) : undefined;
