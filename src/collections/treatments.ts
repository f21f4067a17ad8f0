import { Refusal } from '../errors.ts';
import type { Doc } from '../storage/port.ts';
import { identityLookups, isUuid, type Lookup, sameOwner } from './identity.ts';
import { upsert } from './mutations.ts';
import { toNumber } from './primitives.ts';
import { parseTime, toIso } from './times.ts';
import { documentOf, documentsOf, promoteId, type Upload, type UploadContext, upload } from './upload.ts';

/**
 * `POST /treatments`: each replaces the stored one it is identified with, or is added. One with `preBolus` minutes and carbs is
 * stored as two, so the list may be longer than the body.
 * @throws Refusal `bad-document`, `bad-id`
 */
export function postTreatments(body: unknown, { now, uuidHandling }: UploadContext): Upload[] {
  return documentsOf(body).flatMap((doc) => uploadsOf(normaliseTreatment(promoteId(doc, uuidHandling), now)));
}

/** `PUT /treatments`: as {@link postTreatments} for one object; the first of the list is the one to answer with. */
export function putTreatment(body: unknown, { now, uuidHandling }: UploadContext): Upload[] {
  const doc = documentOf(body);
  return uploadsOf(normaliseTreatment(promoteId(keepNone(doc, body), uuidHandling), now));
}

/** A treatment ready to be stored. */
interface Normalised {
  readonly doc: Doc;
  /** False when the server gave the time, for want of one: then it says nothing about identity. */
  readonly timed: boolean;
  /** The carbs of a preBolus, as a treatment of their own. */
  readonly later?: Doc;
}

const NUMBERS = [
  'glucose',
  'targetTop',
  'targetBottom',
  'carbs',
  'insulin',
  'duration',
  'percent',
  'absolute',
  'relative',
  'preBolus'
];
const EMPTY_GOES = ['targetTop', 'targetBottom', 'carbs', 'insulin', 'percent', 'relative', 'notes', 'preBolus'];

/**
 * A treatment as v1 stores it: `created_at` in UTC with `utcOffset` (minutes), numbers as numbers (carbs g, insulin U, duration
 * and preBolus minutes, absolute U/h), empty values dropped. `eventTime` wins over `created_at`; an unreadable `created_at` is now.
 * @param now epoch ms
 * @throws Refusal `bad-document` for an unreadable `eventTime`
 */
function normaliseTreatment(sent: Doc, now: number): Normalised {
  const { eventTime, ...doc } = sent;
  const written = doc.created_at ? parseTime(doc.created_at) : undefined;
  const event = eventTime ? parseTime(eventTime) : undefined;
  if (eventTime && !event) throw new Refusal('bad-document', 'Cannot read eventTime');
  doc.created_at = toIso(event?.mills ?? written?.mills ?? now);
  doc.utcOffset = written?.offsetMinutes ?? 0;
  // a rate that was left empty is no rate of 0 U/h, which would be a suspended pump
  if (doc.absolute === null || doc.absolute === '') delete doc.absolute;
  for (const field of NUMBERS) if (field in doc) number(doc, field);
  const carbs = doc.carbs;
  const split = doc.preBolus && carbs ? laterCarbs(doc, carbs) : undefined;
  if (split) delete doc.carbs;
  if (doc.eventType === 'Announcement') doc.isAnnouncement = true;
  for (const field of EMPTY_GOES) if (field in doc && !doc[field]) delete doc[field];
  if (!doc.glucose) for (const field of ['glucose', 'glucoseType', 'units']) delete doc[field];
  return { doc, timed: event !== undefined || written !== undefined, ...(split && { later: split }) };
}

function number(doc: Doc, field: string): void {
  const value = toNumber(doc[field]);
  if (Number.isFinite(value)) doc[field] = value;
  else delete doc[field];
}

/** @returns the carbs `preBolus` minutes after the insulin; nothing else goes along but type and notes */
function laterCarbs({ created_at, preBolus, eventType, notes }: Doc, carbs: unknown): Doc {
  const mills = Date.parse(String(created_at)) + Number(preBolus) * 60_000;
  return { created_at: toIso(mills), ...(eventType !== undefined && { eventType }), carbs, ...(notes ? { notes } : {}) };
}

function uploadsOf({ doc, timed, later }: Normalised): Upload[] {
  const lookups = treatmentLookups(doc, timed);
  const main = upload(doc, upsert('treatments', doc, { onMatch: 'replace', lookups }));
  if (!later) return [main];
  return [main, upload(later, upsert('treatments', later, { onMatch: 'replace', lookups: timed ? laterLookups(later) : [] }))];
}

/** Carbs split off may only replace carbs split off before, never a dose that happens to be given at that minute. */
const laterLookups = (later: Doc): Lookup[] =>
  treatmentLookups(later, true).map(({ key, accept }) => ({
    key,
    accept: (stored) => !stored.insulin && !stored.preBolus && (accept?.(stored) ?? true)
  }));

/**
 * The identity rule of all doors (D3) with two additions. Without an event type the time alone is the key, as long as the stored
 * one has no type either. And a time given by the server is none: two notes of one batch must both stay.
 */
export function treatmentLookups(doc: Doc, timed: boolean): Lookup[] {
  const accept = (stored: Doc): boolean => stored.eventType === doc.eventType && sameOwner(doc, stored);
  if (!timed) {
    const { created_at: _, ...untimed } = doc;
    const own = isUuid(doc.id) ? [{ key: { id: doc.id }, accept }] : [];
    return [...identityLookups('treatments', untimed), ...own];
  }
  const lookups = identityLookups('treatments', doc);
  if (!doc.eventType && typeof doc.created_at === 'string') lookups.push({ key: { created_at: doc.created_at }, accept });
  return lookups;
}

/**
 * `<none>` is the event type apps send for "no type" (xDrip+, AAPS). It only looks like HTML: POST of v1 empties it, as the
 * reference does, the other doors leave it.
 */
export function keepNone(admitted: Doc, sent: unknown): Doc {
  const eventType = (sent as { eventType?: unknown } | null | undefined)?.eventType;
  return eventType === '<none>' ? { ...admitted, eventType } : admitted;
}
