import type { Request, RequestHandler, Response } from 'express';
import { parseTime } from '../../collections/times.ts';
import { Refusal } from '../../errors.ts';
import { isObjectId } from '../../storage/object-id.ts';
import type { Doc, Stored } from '../../storage/port.ts';
import { type Filter, isPlainObject, type Query } from '../../storage/query.ts';
import { sendChunks } from '../stream.ts';
import { type Adjust, entryAdjust } from './adjust.ts';
import { answeredAgain, type Keep, keepAnswer } from './answers.ts';
import { parseCount } from './count.ts';
import { DEFAULT_WINDOW, WINDOW_AHEAD } from './find-window.ts';
import { jsonChunks, lineChunks, negotiate } from './formats.ts';
import { sentNotModified } from './last-modified.ts';
import { collectListing, type Listing, openListing } from './listing.ts';
import { parseSort } from './sort.ts';
import { filterOf, paramsOf, type V1 } from './v1.ts';

const NEWEST_FIRST: NonNullable<Query['sort']> = [['date', -1]];
/** Found by their text, two readings of one `date` come in the order of it. */
const NEWEST_BY_TEXT: NonNullable<Query['sort']> = [...NEWEST_FIRST, ['dateString', 1]];

/** Time of an entry, epoch ms. */
function entryTime({ date, sysTime }: Doc): number | undefined {
  if (typeof date === 'number') return date;
  return parseTime(sysTime)?.mills ?? parseTime(date)?.mills;
}

/** A lower-case id names one entry; upper-case hex is a type like any other word. */
export const isEntryId = (spec: string): boolean => isObjectId(spec) && spec === spec.toLowerCase();

/** `GET /entries`: the newest, of any type. */
export function listEntries(v1: V1): RequestHandler {
  return async (req, res) => {
    const { find } = paramsOf(req);
    const newestSgv = v1.live.data().sgvs.at(-1)?.mills;
    await sendEntries(v1, req, res, { filter: () => filterOf(v1, 'entries', find), newestSgv });
  };
}

/** `GET /entries/:spec`: one by id, or those of a type. */
export function entriesBySpec(v1: V1): RequestHandler {
  return async (req, res) => {
    const spec = String(req.params.spec);
    if (isEntryId(spec)) {
      const listing = await openListing(v1.storage, 'entries', { filter: { _id: spec }, limit: 1 }, entryTime);
      if (listing.newest === undefined && !(await hasAny(v1, spec))) throw new Refusal('not-found', `No such id: '${spec}'`);
      return sendListing(req, res, listing, entryAdjust(v1.config));
    }
    const { find } = paramsOf(req);
    if (find !== undefined && !isPlainObject(find)) throw new Refusal('bad-query', 'find needs a field: find[type]=sgv');
    await sendEntries(v1, req, res, { filter: () => filterOf(v1, 'entries', { ...find, type: spec }) });
  };
}

const hasAny = async (v1: V1, _id: string): Promise<boolean> => (await v1.storage.count('entries', { _id })) > 0;

/** `GET /entries/current`: the newest entry of any type, if it is not older than four days. The query is not looked at. */
export function currentEntry(v1: V1): RequestHandler {
  return async (req, res) => {
    const date = { $gte: v1.now() - DEFAULT_WINDOW, $lte: v1.now() + WINDOW_AHEAD };
    const query: Query = { filter: { date }, sort: NEWEST_FIRST, limit: 1 };
    await sendListing(req, res, await openListing(v1.storage, 'entries', query, entryTime), entryAdjust(v1.config));
  };
}

/**
 * Reads and sends entries in the form the caller asks for, newest first.
 * @param options.newestSgv `Last-Modified` of an empty answer, epoch ms: pollers expect one from `/entries`
 */
export async function sendEntries(
  v1: V1,
  req: Request,
  res: Response,
  { filter, newestSgv }: { filter: () => Filter; newestSgv?: number | undefined }
): Promise<void> {
  if (await answeredAgain(v1, req, res, 'entries')) return;
  const keep = keepAnswer(v1, req, res, 'entries');
  const { find, count, sort } = paramsOf(req);
  const usual = isPlainObject(find) && find.dateString !== undefined ? NEWEST_BY_TEXT : NEWEST_FIRST;
  const query: Query = { filter: filter(), sort: parseSort(sort, usual), limit: parseCount(count, 10, v1.config.apiMaxCount) };
  // a sort of the caller's own chooses which entries are taken; they are shown newest first all the same
  const listing =
    query.sort === usual
      ? await openListing(v1.storage, 'entries', query, entryTime)
      : await collectListing(v1.storage, 'entries', query, entryTime, (docs) =>
          docs.sort((a, b) => (entryTime(b) ?? 0) - (entryTime(a) ?? 0))
        );
  if (listing.newest === undefined && newestSgv !== undefined) res.setHeader('Last-Modified', new Date(newestSgv).toUTCString());
  await sendListing(req, res, listing, entryAdjust(v1.config), { shown: newestSgv, keep });
}

/** Sends a listing as TSV, CSV or JSON, or 304. */
export async function sendListing(
  req: Request,
  res: Response,
  listing: Listing,
  adjust: Adjust,
  { shown, keep }: { shown?: number | undefined; keep?: Keep } = {}
): Promise<void> {
  const { newest } = listing;
  if (sentNotModified(req, res, newest, shown)) return listing.close();
  const format = negotiate(req);
  res.setHeader('Content-Type', `${format}; charset=utf-8`);
  const toDoc = (stored: Stored): Doc => (adjust ? adjust(stored.doc) : stored.doc);
  const chunks =
    format === 'application/json'
      ? jsonChunks(listing.batches, (stored) => (adjust ? JSON.stringify(adjust(stored.doc)) : stored.json))
      : lineChunks(listing.batches, toDoc, format === 'text/csv' ? ',' : '\t');
  await sendChunks(req, res, chunks, (body) => newest !== undefined && keep?.(body, { newest, shown }));
}
