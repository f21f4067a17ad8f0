import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '../errors.ts';
import { canonicalId, isObjectId } from '../storage/object-id.ts';
import type { Doc } from '../storage/port.ts';
import type { Mutation } from './commit.ts';
import type { Lookup } from './identity.ts';
import { admit } from './incoming.ts';
import { toText } from './primitives.ts';

/** A mutation together with the document it stores, as the server understood it: v1 answers with this, plus the `_id`. */
export interface Upload extends Mutation {
  readonly incoming: Doc;
}

/** What the builders of uploads need to know besides the body. */
export interface UploadContext {
  /** The server's clock, epoch ms. */
  readonly now: number;
  /** UUID_HANDLING: an `_id` of the app's own becomes `identifier`; off: it is dropped. */
  readonly uuidHandling: boolean;
  /** PREDICTIONS_MAX_SIZE: predictions of a device status are cut to this many values; 0: never. */
  readonly predictionsMaxSize: number;
}

/**
 * The documents of a request body: one object, or an array of them.
 * @returns admitted copies, in order
 * @throws Refusal `bad-document` when anything in it is no acceptable document: nothing of the batch is stored then (D8)
 */
export const documentsOf = (body: unknown): Doc[] => (Array.isArray(body) ? body : [body]).map(admit);

/** The one document of a PUT. @throws Refusal `bad-document` for an array (§15 row 30) or anything else that is no object */
export function documentOf(body: unknown): Doc {
  if (Array.isArray(body)) throw new Refusal('bad-document', 'Send one document, not an array');
  return admit(body);
}

/**
 * Pairs a mutation with its document. A repeat that would change nothing changes nothing: apps send whole batches again after
 * any error, and neither the disk nor those who listen should notice.
 */
export function upload(incoming: Doc, mutation: Mutation): Upload {
  return {
    lookups: mutation.lookups,
    ...(mutation.similar && { similar: mutation.similar }),
    incoming,
    decide: (stored, now) => {
      const decision = mutation.decide(stored, now);
      const repeated = stored && decision.do === 'store' && !decision.as && sameContent(stored, decision.doc);
      return repeated ? { do: 'nothing' } : decision;
    }
  };
}

/** True when two documents differ in nothing but what the server gives out: `_id`, `srvCreated`, `srvModified`. */
const sameContent = (a: Doc, b: Doc): boolean => isDeepStrictEqual(content(a), content(b));

function content({ _id, srvCreated, srvModified, ...fields }: Doc): Doc {
  return fields;
}

/** Finds the very same document under a key: for records that have no identity but what they say. */
export const identical = (doc: Doc, field: string): Lookup[] => {
  const value = doc[field];
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  return [{ key: { [field]: value }, accept: (stored) => sameContent(stored, doc) }];
};

/**
 * The `_id` of an app (entries, treatments): 24 hex digits are an ObjectId; any other text is the app's own id and moves to
 * `identifier`, where v3 finds it too (Loop's overrides, xDrip4iOS); without UUID_HANDLING it is dropped.
 * @throws Refusal `bad-id` when it is no text
 */
export function promoteId(doc: Doc, uuidHandling: boolean): Doc {
  if (doc._id === undefined) return doc;
  const { _id, ...rest } = doc;
  if (typeof _id !== 'string') throw badId(_id, true);
  if (isObjectId(_id)) return { ...doc, _id: canonicalId(_id) };
  return uuidHandling && !doc.identifier ? { ...rest, identifier: _id } : rest;
}

/**
 * The `_id` of a device status, profile, food or activity: absent, or 24 hex digits.
 * @param mayBeOmitted for the wording only: POST says so, PUT does not
 * @throws Refusal `bad-id` in the reference's words
 */
export function strictId(doc: Doc, mayBeOmitted: boolean): Doc {
  if (doc._id === undefined) return doc;
  if (!isObjectId(doc._id)) throw badId(doc._id, mayBeOmitted);
  return { ...doc, _id: canonicalId(doc._id) };
}

const badId = (_id: unknown, mayBeOmitted: boolean): Refusal =>
  new Refusal(
    'bad-id',
    `Must be 24-character hex string${mayBeOmitted ? ' or omit for auto-generation' : ''}. Got: ${toText(_id).slice(0, 100)}`
  );
