import { must } from './check.ts';
import type { Probe } from './probe.ts';
import type { Visit } from './visit.ts';

type Doc = Record<string, unknown>;

/**
 * What `--write` uploads: documents of June 2001, of types no app acts upon, under a name of this visit. They are no glucose, lie
 * far from every live window, raise no alarm, and are removed at the end.
 */
const BEGIN_MS = Date.UTC(2001, 5, 1);
const END_MS = Date.UTC(2001, 6, 1);
const MONTH_SECONDS = (END_MS - BEGIN_MS) / 1000;
const TYPE = 'vigil-verify';
const EVENT_TYPE = 'Vigil Verify';

/** Name under which all documents of a visit are found again. */
export const marker = ({ run }: Visit): string => `vigil-verify-${run}`;

/** A whole second of June 2001, another one for each visit and number; epoch ms. */
export function instant({ run }: Visit, number: number): number {
  const start = (Number.parseInt(run, 16) * 7919) % (MONTH_SECONDS - 10_000);
  return BEGIN_MS + (start + number * 60) * 1000;
}

/** An entry that is no reading. */
export function entryOf(visit: Visit, number: number): Doc & { readonly date: number } {
  const date = instant(visit, number);
  return { type: TYPE, date, dateString: new Date(date).toISOString(), device: marker(visit) };
}

/** A treatment without insulin, carbs or duration. */
export const treatmentOf = (visit: Visit, number: number, more: Doc = {}): Doc => ({
  eventType: EVENT_TYPE,
  created_at: new Date(instant(visit, number)).toISOString(),
  enteredBy: marker(visit),
  notes: 'written by vigil verify',
  ...more
});

/** The same as AAPS sends it: `date` and `utcOffset`. */
export const v3TreatmentOf = (visit: Visit, number: number, more: Doc = {}): Doc => ({
  eventType: EVENT_TYPE,
  date: instant(visit, number),
  utcOffset: 0,
  app: 'vigil-verify',
  device: marker(visit),
  enteredBy: marker(visit),
  notes: 'written by vigil verify',
  isValid: true,
  ...more
});

const range = (field: string, form: (at: number) => string | number): string =>
  `find%5B${field}%5D%5B$gte%5D=${form(BEGIN_MS)}&find%5B${field}%5D%5B$lte%5D=${form(END_MS)}`;
const iso = (at: number): string => new Date(at).toISOString();

/** Where documents of a visit may lie, and how v1 names them. */
const PLACES: readonly { readonly collection: string; readonly query: (visit: Visit) => string }[] = [
  {
    collection: 'entries',
    query: (visit) => `find%5Bdevice%5D=${marker(visit)}&${range('date', String)}&count=1000`
  },
  {
    collection: 'treatments',
    query: (visit) => `find%5BenteredBy%5D=${marker(visit)}&${range('created_at', iso)}&count=1000`
  },
  {
    collection: 'devicestatus',
    query: (visit) => `find%5Bdevice%5D=${marker(visit)}&${range('created_at', iso)}&count=1000`
  }
];

const placeOf = (collection: string) => PLACES.find((place) => place.collection === collection)!;

/** Documents of this visit that the site has, as v1 lists them, at one instant of June 2001. */
export async function written(probe: Probe, collection: 'entries' | 'treatments' | 'devicestatus', at: number): Promise<Doc[]> {
  const docs = await probe.list(`/api/v1/${collection}.json?${placeOf(collection).query(probe.visit)}`);
  return docs.filter((doc) => Date.parse(String(doc.created_at ?? doc.dateString)) === at && doc.isValid !== false);
}

/**
 * Uploads over v1. @returns what the site answered, one element for each document
 * @throws Broken unless it answers 200 with a list of the same length
 */
export async function upload(probe: Probe, collection: string, docs: Doc | readonly Doc[]): Promise<Doc[]> {
  const answer = await probe.ask('POST', `/api/v1/${collection}`, { body: docs });
  must(answer.status === 200, `${answer.asked} answered ${answer.status}; Loop takes 200 only`);
  const body = answer.json();
  const count = Array.isArray(docs) ? docs.length : 1;
  must(Array.isArray(body) && body.length === count, `${answer.asked} answered no list of ${count}`);
  return body as Doc[];
}

/**
 * Deletes by a query, after a look at what it finds: a site that does not understand the query must not lose other documents.
 * @throws Broken, with nothing deleted, when it finds documents that this visit has not written
 */
export async function removeBy(probe: Probe, collection: string, query: string): Promise<void> {
  const name = marker(probe.visit);
  const found = await probe.list(`/api/v1/${collection}.json?${query}`);
  must(
    found.every(({ device, enteredBy }) => device === name || enteredBy === name),
    `a query that should find only what was just written finds other ${collection}, too: nothing was deleted by it`
  );
  if (found.length === 0) return;
  const answer = await probe.ask('DELETE', `/api/v1/${collection}?${query}`);
  must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
  answer.json();
}

/**
 * Removes whatever this visit has written.
 * @returns how many documents are left
 */
export async function removeWritten(probe: Probe, identifiers: Iterable<string>): Promise<number> {
  for (const identifier of identifiers)
    await probe.ask('DELETE', `/api/v3/treatments/${identifier}?permanent=true`, { as: 'jwt' }).catch(() => undefined);
  for (const { collection, query } of PLACES) await removeBy(probe, collection, query(probe.visit)).catch(() => undefined);
  let left = 0;
  for (const { collection, query } of PLACES)
    left += (await probe.list(`/api/v1/${collection}.json?${query(probe.visit)}`)).length;
  return left;
}
