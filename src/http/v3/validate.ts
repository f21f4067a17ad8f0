import { presentDoc, type V3Collection } from '../../collections/v3-document.ts';
import { Refusal } from '../../errors.ts';
import type { Doc } from '../../storage/port.ts';

/** 2000-01-01T00:00:00Z, epoch ms: nothing earlier is a date here. */
const MIN_DATE = 946_684_800_000;
const MAX_OFFSET = 1440;
/** Checked in this order; the first that differs is named in the answer. */
const IMMUTABLE = [
  'identifier',
  'date',
  'utcOffset',
  'eventType',
  'device',
  'app',
  'srvCreated',
  'subject',
  'srvModified',
  'modifiedBy',
  'isValid'
] as const;
/** Kept by the server: a client may repeat them, not set them, also where the stored document lacks them. */
const SERVER_KEPT: ReadonlySet<string> = new Set(['identifier', 'srvCreated', 'subject', 'srvModified', 'modifiedBy']);

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isDate = (value: unknown): boolean => typeof value === 'number' && value > MIN_DATE;
const isOffset = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) <= MAX_OFFSET;

const badField = (name: string): Refusal => new Refusal('bad-document', `Bad or missing ${name} field`);
const immutableField = (name: string): Refusal => new Refusal('bad-document', `Field ${name} cannot be modified by the client`);

/** What every stored document must have. @throws Refusal 400, first failing of identifier, date, utcOffset, app */
export function checkInsert(doc: Doc): void {
  if (!isText(doc.identifier)) throw badField('identifier');
  checkFields(doc);
}

/**
 * date, utcOffset and app.
 * @param doc a whole document, or with `partial` only the fields to be set
 * @throws Refusal 400
 */
export function checkFields(doc: Doc, { partial = false } = {}): void {
  const asked = (name: string): boolean => !partial || name in doc;
  if (asked('date') && !isDate(doc.date)) throw badField('date');
  if (asked('utcOffset') && !isOffset(doc.utcOffset)) throw badField('utcOffset');
  if (asked('app') && !isText(doc.app)) throw badField('app');
}

/** @throws Refusal 422 when the stored document is locked */
export function checkReadOnly(stored: Doc): void {
  if (stored.isReadOnly === true || stored.readOnly === true || stored.readonly === true) throw new Refusal('read-only');
}

/**
 * Refuses changes of fields that make up a document's identity or history. A field the stored document lacks may be set
 * (D13: AAPS updates treatments that were born over v1 and have no `app` or `date`).
 * @param options.exceptIdentifier for POST, which may bring the identifier a v1-born document lacked
 * @throws Refusal 400 `Field … cannot be modified by the client`
 */
export function checkImmutable(collection: V3Collection, body: Doc, stored: Doc, { exceptIdentifier = false } = {}): void {
  const shown = presentDoc(collection, stored);
  for (const name of IMMUTABLE) {
    if (exceptIdentifier && name === 'identifier') continue;
    if (body[name] === undefined || body[name] === shown[name] || (name === 'identifier' && body.identifier === stored._id))
      continue;
    const lacking = shown[name] === undefined || shown[name] === null;
    // a document without isValid is valid: saying so changes nothing, while `false` would be a delete in disguise
    const settable = name === 'isValid' ? body.isValid === true : !SERVER_KEPT.has(name);
    if (!(lacking && settable)) throw immutableField(name);
  }
  const nested = Object.keys(body).find((key) => IMMUTABLE.some((name) => key.startsWith(`${name}.`)));
  if (nested) throw immutableField(nested);
}

/** Fields by which two documents that share a weak key (a pump's id, a time) are told apart. */
const DISTINGUISHING = ['date', 'eventType', 'device', 'app'] as const;

/**
 * Whether a stored document found by a weak key can be the incoming one: then replacing it changes nothing that must not
 * change. Otherwise both are kept, since refusing would lose the incoming one (AAPS takes the 400 as done).
 */
export const isSameDocument = (incoming: Doc, stored: Doc): boolean =>
  DISTINGUISHING.every((name) => {
    const [mine, theirs] = [incoming[name], stored[name]];
    return mine === undefined || mine === null || theirs === undefined || theirs === null || mine === theirs;
  });

/** The identifier in an incoming document, if it can be one. @throws Refusal 400 for anything but text */
export function checkIdentifierType(body: object): void {
  const { identifier } = body as Doc;
  if (identifier && !isText(identifier)) throw badField('identifier');
}
