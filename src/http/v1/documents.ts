import type { Request, RequestHandler, Response } from 'express';
import { parseTime } from '../../collections/times.ts';
import type { CollectionName, Doc, Stored } from '../../storage/port.ts';
import type { Query } from '../../storage/query.ts';
import { sendChunks } from '../stream.ts';
import { createdAtAdjust } from './adjust.ts';
import { answeredAgain, keepAnswer } from './answers.ts';
import { parseCount } from './count.ts';
import type { Findable } from './find-rules.ts';
import { jsonChunks } from './formats.ts';
import { sentNotModified } from './last-modified.ts';
import { collectListing, openListing } from './listing.ts';
import { parseSort } from './sort.ts';
import { filterOf, paramsOf, type V1 } from './v1.ts';

type Sort = NonNullable<Query['sort']>;

/** What one collection's `GET` does in its own way. */
export interface ListRules {
  readonly collection: Findable;
  readonly sort: Sort;
  /** How many without `count`; `found` tells whether there is a `find`. */
  readonly fallback: (found: boolean) => number;
  /** Time for `Last-Modified`, epoch ms; absent: no such header. */
  readonly timeOf?: (doc: Doc) => number | undefined;
  /** One document as JSON text; default: as stored. */
  readonly toJson?: (stored: Stored) => string;
}

/** Time of a treatment or activity, epoch ms. */
export const createdTime = ({ created_at, timestamp }: Doc): number | undefined => parseTime(created_at ?? timestamp)?.mills;

/** `GET` of a collection: newest first, always JSON. */
export function listDocuments(v1: V1, rules: ListRules): RequestHandler {
  const adjust = createdAtAdjust(v1.config);
  const toJson = rules.toJson ?? ((stored: Stored) => (adjust ? JSON.stringify(adjust(stored.doc)) : stored.json));
  return async (req, res) => {
    const { find, count, sort } = paramsOf(req);
    const query: Query = {
      filter: filterOf(v1, rules.collection, find),
      sort: parseSort(sort, rules.sort),
      limit: parseCount(count, rules.fallback(find !== undefined), v1.config.apiMaxCount)
    };
    await sendDocuments(
      v1,
      req,
      res,
      rules.collection,
      query,
      { toJson, ...(rules.timeOf && { timeOf: rules.timeOf }) },
      query.sort === rules.sort
    );
  };
}

/**
 * Sends the documents of a query as a JSON array.
 * @param newestFirst the first document is the newest; else all are read first when there is a `Last-Modified`
 */
export async function sendDocuments(
  v1: V1,
  req: Request,
  res: Response,
  collection: CollectionName,
  query: Query,
  {
    toJson = ({ json }: Stored) => json,
    timeOf
  }: { toJson?: (stored: Stored) => string; timeOf?: (doc: Doc) => number | undefined } = {},
  newestFirst = true
): Promise<void> {
  if (await answeredAgain(v1, req, res, collection)) return;
  const keep = keepAnswer(v1, req, res, collection);
  const open = newestFirst || !timeOf ? openListing : collectListing;
  const listing = await open(v1.storage, collection, query, timeOf ?? (() => undefined));
  if (sentNotModified(req, res, listing.newest)) return listing.close();
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  await sendChunks(req, res, jsonChunks(listing.batches, toJson), (body) =>
    keep(body, { newest: listing.newest, shown: undefined })
  );
}
