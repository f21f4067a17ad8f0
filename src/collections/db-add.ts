import { Refusal } from '../errors.ts';
import type { CollectionName, Doc } from '../storage/port.ts';
import type { Filter } from '../storage/query.ts';
import { activityLookups } from './activity.ts';
import type { Mutation } from './commit.ts';
import { devicestatusLookups } from './devicestatus.ts';
import { entryLookups, normaliseEntry } from './entries.ts';
import { foodLookups } from './food.ts';
import { type Lookup, sameOwner } from './identity.ts';
import { admit } from './incoming.ts';
import { upsert } from './mutations.ts';
import { profileLookups } from './profile.ts';
import { parseTime, toIso } from './times.ts';
import { keepNone, treatmentLookups } from './treatments.ts';
import { type Upload, upload } from './upload.ts';

/** The collections of the root socket's writes; `settings` is not among them. */
export type SocketCollection = Exclude<CollectionName, 'settings'>;

/**
 * `dbAdd` of the root socket: a document that is there already is answered as it is stored (treatments, device statuses),
 * replaced (profiles) or brought up to date (entries); the others are added. The acknowledgement shows `outcome.doc`.
 * @param data one document or a list; an empty list gives none
 * @param now epoch ms
 * @throws Refusal `bad-document` for anything that is no document or has an unreadable time: nothing of it is stored
 */
export function dbAdd(collection: SocketCollection, data: unknown, now: number): Upload[] {
  const build = BUILDERS[collection];
  return (Array.isArray(data) ? data : [data]).map((sent) => {
    const { doc, timed } = withTime(keepNone(socketId(admit(sent)), sent), now);
    const { mutation, incoming } = build(doc, timed, sent as Doc);
    return upload(incoming ?? doc, mutation);
  });
}

type Builder = (doc: Doc, timed: boolean, sent: Doc) => { mutation: Mutation; incoming?: Doc };

const BUILDERS: Readonly<Record<SocketCollection, Builder>> = {
  treatments: addTreatment,
  devicestatus: (doc, timed) => ({
    mutation: upsert('devicestatus', doc, { onMatch: 'keep', lookups: devicestatusLookups(doc, timed) })
  }),
  profile: (doc) => {
    const lookups: Lookup[] = profileLookups(doc);
    const { startDate } = doc;
    if ((typeof startDate === 'string' || typeof startDate === 'number') && startDate)
      lookups.push({ key: { startDate }, accept: (stored) => sameOwner(doc, stored) });
    return { mutation: upsert('profile', doc, { onMatch: 'replace', lookups }) };
  },
  entries: addEntry,
  food: (doc) => ({ mutation: upsert('food', doc, { onMatch: 'replace', lookups: foodLookups(doc) }) }),
  activity: (doc, timed) => ({ mutation: upsert('activity', doc, { onMatch: 'replace', lookups: activityLookups(doc, timed) }) })
};

/** Any text may be an `_id` here; nothing else. */
function socketId(doc: Doc): Doc {
  if (doc._id === undefined) return doc;
  if (typeof doc._id !== 'string') throw new Refusal('bad-id', '_id must be text');
  const { _id, ...rest } = doc;
  return _id === '' ? rest : doc;
}

/** `created_at` in UTC; the server's time where there is none. An offset that was written survives as `utcOffset` (minutes). */
function withTime(doc: Doc, now: number): { doc: Doc; timed: boolean } {
  if (!doc.created_at) return { doc: { ...doc, created_at: toIso(now) }, timed: false };
  const time = parseTime(doc.created_at);
  if (!time) throw new Refusal('bad-document', 'Cannot read created_at');
  const offset = time.offsetMinutes !== 0 && doc.utcOffset === undefined ? { utcOffset: time.offsetMinutes } : {};
  return { doc: { ...doc, created_at: toIso(time.mills), ...offset }, timed: true };
}

/** A reading is laid over the one of the same time and type; `created_at` is only for a new one, else each try would change it. */
function addEntry(doc: Doc, timed: boolean): ReturnType<Builder> {
  const { created_at, ...bare } = doc;
  const entry = normaliseEntry(timed ? doc : bare, Date.parse(String(created_at)));
  const incoming = timed ? entry : { ...entry, created_at };
  const merge = upsert('entries', entry, { onMatch: 'merge', lookups: entryLookups(entry) });
  return {
    incoming,
    mutation: { ...merge, decide: (stored, at) => (stored ? merge.decide(stored, at) : { do: 'store', doc: incoming }) }
  };
}

/** Fields that make two treatments within two seconds the same dose, when they are equal. */
const AMOUNTS = ['insulin', 'carbs', 'percent', 'absolute', 'duration'];
/** ms either side within which a treatment without an id of its own counts as sent twice. */
const SIMILAR_WITHIN = 2000;

function addTreatment(sent: Doc, timed: boolean, raw: Doc): ReturnType<Builder> {
  const doc: Doc = { ...sent };
  if (!('eventType' in doc)) doc.eventType = '<none>';
  if (doc.eventType === 'Announcement') doc.isAnnouncement = true;
  const lookups = treatmentLookups(doc, timed);
  // stored by the reference in whatever form the app wrote it
  if (timed && typeof raw.created_at === 'string' && typeof doc.eventType === 'string' && raw.created_at !== doc.created_at)
    lookups.push({ key: { created_at: raw.created_at, eventType: doc.eventType }, accept: (stored) => sameOwner(doc, stored) });
  const keep = upsert('treatments', doc, { onMatch: 'keep', lookups });
  if (!timed || doc.NSCLIENT_ID) return { incoming: doc, mutation: keep };
  const near = similarTo(doc);
  return {
    incoming: doc,
    mutation: {
      lookups,
      similar: near,
      decide: (stored, at) =>
        stored && !exact(stored, lookups) ? { do: 'store', doc: moved(stored, String(doc.created_at)) } : keep.decide(stored, at)
    }
  };
}

/** True when a look-up finds the document, so that it was not the ±2 s rule that did. */
const exact = (stored: Doc, lookups: readonly Lookup[]): boolean =>
  lookups.some(
    ({ key, accept }) => Object.entries(key).every(([field, value]) => stored[field] === value) && (accept?.(stored) ?? true)
  );

/** The stored treatment at the incoming time; `date` (v3) moves along where both said the same. */
function moved(stored: Doc, created_at: string): Doc {
  const together = typeof stored.date === 'number' && stored.date === Date.parse(String(stored.created_at));
  return { ...stored, created_at, ...(together && { date: Date.parse(created_at) }) };
}

function similarTo(doc: Doc): NonNullable<Mutation['similar']> {
  const mills = Date.parse(String(doc.created_at));
  const filter: Record<string, unknown> = {
    created_at: { $gte: toIso(mills - SIMILAR_WITHIN), $lte: toIso(mills + SIMILAR_WITHIN) }
  };
  const amounts = AMOUNTS.filter((field) => doc[field] && typeof doc[field] !== 'object');
  for (const field of amounts.length > 0 ? amounts : ['eventType']) filter[field] = doc[field];
  return { filter: filter as Filter, accept: (stored) => stored.isValid !== false && sameOwner(doc, stored) };
}
