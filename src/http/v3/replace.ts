import type { Identity } from '../../access/identity.ts';
import type { Decision } from '../../collections/commit.ts';
import { normalizeDuration } from '../../collections/duration.ts';
import type { V3Collection } from '../../collections/v3-document.ts';
import type { Doc } from '../../storage/port.ts';
import { need } from './operation.ts';
import { checkFields, checkImmutable, checkInsert, checkReadOnly } from './validate.ts';

/** Who writes, where. */
export interface Writer {
  readonly who: Identity;
  readonly collection: V3Collection;
}

/** The last one to write a document whole is its `subject`; an open site (no security) writes none. */
const signed = (doc: Doc, { who }: Writer): Doc => (who.subjectName === undefined ? doc : { ...doc, subject: who.subjectName });

/** Decides on a document that is not there yet. @throws Refusal 403, 400 */
export function insertDecision(doc: Doc, writer: Writer): Decision {
  need(writer.who, `api:${writer.collection}:create`);
  checkInsert(doc);
  return { do: 'store', doc: signed(doc, writer) };
}

/**
 * Decides on a document that takes the place of a stored one.
 * @param options.srvCreated epoch ms, where it differs from what the stored one says
 * @throws Refusal 403, 422, 400
 */
export function replaceDecision(
  doc: Doc,
  stored: Doc & { _id: string },
  writer: Writer,
  options: { exceptIdentifier?: boolean; srvCreated?: number } = {}
): Decision {
  need(writer.who, `api:${writer.collection}:update`);
  checkReadOnly(stored);
  if (stored.isValid !== false) checkImmutable(writer.collection, doc, stored, options);
  checkFields(doc);
  const whole = signed({ ...doc, ...normalizeDuration(doc) }, writer);
  // known by its _id already: the same text is not stored twice
  if (whole.identifier === stored._id) delete whole.identifier;
  return { do: 'store', doc: whole, ...(options.srvCreated !== undefined && { srvCreated: options.srvCreated }) };
}
