import type { RequestHandler } from 'express';
import { collect } from '../../collections/read.ts';
import { parseTime } from '../../collections/times.ts';
import type { Doc } from '../../storage/port.ts';
import type { Query } from '../../storage/query.ts';
import { parseCount } from './count.ts';
import { sendDocuments } from './documents.ts';
import { WINDOW_AHEAD } from './find-window.ts';
import { parseSort } from './sort.ts';
import { filterOf, paramsOf, type V1 } from './v1.ts';

const LATEST: NonNullable<Query['sort']> = [['startDate', -1]];

/** `GET /profile`: the latest by `startDate`; `find` is not looked at, no window. */
export function listProfile(v1: V1): RequestHandler {
  return (req, res) =>
    sendDocuments(v1, req, res, 'profile', {
      filter: {},
      sort: LATEST,
      limit: parseCount(paramsOf(req).count, 10, v1.config.apiMaxCount)
    });
}

/** `GET /profiles`: as other collections, with `find`, `count` and `sort`. */
export function searchProfiles(v1: V1): RequestHandler {
  return (req, res) => {
    const { find, count, sort } = paramsOf(req);
    const query: Query = {
      filter: filterOf(v1, 'profile', find),
      sort: parseSort(sort, LATEST),
      limit: parseCount(count, 10, v1.config.apiMaxCount)
    };
    return sendDocuments(v1, req, res, 'profile', query);
  };
}

/** As many as are looked at for the one in force. */
const LOOKED_AT = 50;

/** `GET /profile/current`: the one in force as an object, or `null`. One of a wrong year counts only when there is no other. */
export function currentProfile(v1: V1): RequestHandler {
  return async (_req, res) => {
    const latest = v1.now() + WINDOW_AHEAD;
    const newest = await collect(v1.storage, 'profile', { filter: {}, sort: [...LATEST, ['_id', -1]], limit: LOOKED_AT });
    // where the start is no time at all, each store has its own idea of the order
    const counts = ({ startDate }: Doc): boolean => typeof startDate !== 'object' && (parseTime(startDate)?.mills ?? 0) <= latest;
    res.json(newest.find(counts) ?? newest[0] ?? null);
  };
}
