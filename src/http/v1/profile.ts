import type { RequestHandler } from 'express';
import { first } from '../../collections/read.ts';
import type { Query } from '../../storage/query.ts';
import { parseCount } from './count.ts';
import { sendDocuments } from './documents.ts';
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

/** `GET /profile/current`: the one in force as an object, or `null`. */
export function currentProfile(v1: V1): RequestHandler {
  return async (_req, res) => {
    res.json((await first(v1.storage, 'profile', { filter: {}, sort: [...LATEST, ['_id', -1]] })) ?? null);
  };
}
