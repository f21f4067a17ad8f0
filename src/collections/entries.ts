import { Refusal } from '../errors.ts';
import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import { identityLookups, type Lookup } from './identity.ts';
import { upsert } from './mutations.ts';
import { parseTime, toIso } from './times.ts';
import { documentsOf, identical, promoteId, type Upload, type UploadContext, upload } from './upload.ts';

/**
 * `POST /entries`: readings laid over the stored one of the same time and type, or added.
 * @param body object or array; an object without `date` holds no entry, as in the reference, and neither does an empty body
 * @throws Refusal `bad-document`, `bad-id`
 */
export function postEntries(body: unknown, { now, uuidHandling }: UploadContext): Upload[] {
  return entriesOf(body).map((doc) => {
    const entry = normaliseEntry(promoteId(doc, uuidHandling), now);
    return upload(entry, upsert('entries', entry, { onMatch: 'merge', lookups: entryLookups(entry) }));
  });
}

/** `POST /entries/preview`: what {@link postEntries} would take in, cleaned but not stored. */
export const previewEntries = (body: unknown): Doc[] => entriesOf(body);

function entriesOf(body: unknown): Doc[] {
  if (Array.isArray(body)) return documentsOf(body);
  if (body === undefined || body === null || typeof body === 'string') return [];
  return isPlainObject(body) && !('date' in body) ? [] : documentsOf(body);
}

/**
 * Gives an entry its times: `sysTime` and (if sent) `dateString` in UTC, `utcOffset` in minutes. `date` stays as sent.
 *
 * `dateString` decides; one that cannot be read is replaced by `date`. A `date` of digits as text without `dateString` gets no
 * sysTime, as in the reference. Without both the entry is of now.
 * @param now epoch ms
 * @throws Refusal `bad-document` when there is a time but none that can be read: a reading must not land at a wrong time
 */
export function normaliseEntry(doc: Doc, now: number): Doc {
  const { date, dateString } = doc;
  const written = dateString ? parseTime(dateString) : undefined;
  const time = written ?? (date ? parseTime(date) : dateString ? undefined : { mills: now, offsetMinutes: 0 });
  if (!time) {
    if (!dateString && typeof date === 'string' && /^\d+(\.\d+)?$/.test(date)) return { ...doc, utcOffset: null, sysTime: null };
    throw new Refusal('bad-document', 'Cannot read the time of an entry');
  }
  const sysTime = toIso(time.mills);
  // V8 takes ten times as long for a spread at the beginning that is added to, which a backfill notices
  return Object.assign({}, doc, dateString ? { dateString: sysTime } : undefined, { utcOffset: time.offsetMinutes, sysTime });
}

/**
 * A reading is known by `_id`, else by its time and type, whatever ids and devices the uploads carry: bridges pass readings on
 * under the source's ids, xDrip4iOS makes up a new one for each try, and Trio may use one UUID for two readings (D3 as far as
 * one sensor has one value at a time).
 */
export function entryLookups(entry: Doc): Lookup[] {
  const { _id, sysTime, date, type } = entry;
  if (!type || typeof type !== 'string' || typeof sysTime !== 'string') {
    return [...identityLookups('entries', { _id }), ...identical(entry, typeof sysTime === 'string' ? 'sysTime' : 'date')];
  }
  const lookups: Lookup[] = _id === undefined ? [] : identityLookups('entries', { _id });
  const sameReading = (stored: Doc): boolean =>
    stored.type === type && (typeof stored.sysTime === 'string' ? stored.sysTime === sysTime : stored.date === date);
  // of several readings at one time, the one that bears the same name
  if (typeof entry.identifier === 'string' && entry.identifier !== '')
    lookups.push({ key: { identifier: entry.identifier }, accept: sameReading });
  lookups.push({ key: { sysTime, type } });
  // written over v3 or the socket, where entries get no sysTime
  if (typeof date === 'number') lookups.push({ key: { date, type }, accept: sameReading });
  return lookups;
}
