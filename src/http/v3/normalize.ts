import { admit } from '../../collections/incoming.ts';
import { computeIdentifier } from '../../collections/v3-identifier.ts';
import { parseV3Time } from '../../collections/v3-time.ts';
import { Refusal } from '../../errors.ts';
import type { Doc } from '../../storage/port.ts';
import { checkIdentifierType } from './validate.ts';

const IDS: ReadonlySet<string> = new Set(['identifier', '_id']);

/**
 * A body as a document: admitted (no operators, active HTML stripped), `date` as epoch ms, `utcOffset` in minutes and
 * `created_at` as UTC text, all from the first of `date` and `created_at` that can be read.
 * @param options.createdAt whether `created_at` counts as a date and is written (API3_CREATED_AT_FALLBACK_ENABLED)
 * @throws Refusal 400
 */
export function readDocument(body: object, { createdAt }: { createdAt: boolean }): Doc {
  // one document per request: an array has no date, which is what the reference says about it
  if (Array.isArray(body)) throw new Refusal('bad-document', 'Bad or missing date field');
  checkIdentifierType(body);
  const { _id } = body as Doc;
  if (_id && typeof _id !== 'string') throw new Refusal('bad-document', 'Bad _id field');
  // an id that says nothing counts as none; all other fields keep their places (D4)
  const doc = admit(Object.fromEntries(Object.entries(body).filter(([name, value]) => value || !IDS.has(name))));
  const time = parseV3Time(doc.date) ?? (createdAt ? parseV3Time(doc.created_at) : undefined);
  if (!time) return doc;
  doc.date = time.mills;
  if (!('utcOffset' in doc)) doc.utcOffset = time.offsetMinutes;
  if (createdAt) doc.created_at = new Date(time.mills).toISOString();
  else delete doc.created_at;
  return doc;
}

/**
 * The document with its identifier, computed where the client sent none (AAPS never does).
 * @throws Refusal 400 when device or event type are nothing that can be written down
 */
export function withIdentifier(doc: Doc): Doc & { identifier: string } {
  if (typeof doc.identifier === 'string') return { ...doc, identifier: doc.identifier };
  try {
    return { ...doc, identifier: computeIdentifier(doc) };
  } catch {
    throw new Refusal('bad-document', 'Bad or missing identifier field');
  }
}
