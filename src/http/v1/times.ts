import type { Request, RequestHandler } from 'express';
import { parseTime } from '../../collections/times.ts';
import { Refusal } from '../../errors.ts';
import { checkFilter, type Filter, isPlainObject } from '../../storage/query.ts';
import { createdAtAdjust } from './adjust.ts';
import { expandBraces } from './brace-expansion.ts';
import { parseCount } from './count.ts';
import { sendEntries, sendListing } from './entries.ts';
import { combine } from './find.ts';
import { FIND_RULES, type Findable } from './find-rules.ts';
import { openListing } from './listing.ts';
import { patternFilter } from './patterns.ts';
import { filterOf, paramsOf, type V1 } from './v1.ts';

const SLICED = ['entries', 'treatments', 'devicestatus'] as const;
const ECHOED = ['entries', 'treatments', 'devicestatus', 'activity'] as const;

/** The collection a path names; any other word means entries, as in the reference. Also asked by the guard (D14). */
export const slicedCollection = (req: Request): (typeof SLICED)[number] =>
  SLICED.find((name) => name === req.params.storage) ?? 'entries';

/** The collection `/echo` names. @throws Refusal `not-found` */
export function echoedCollection(req: Request): Findable {
  const name = ECHOED.find((known) => known === req.params.storage);
  if (!name) throw new Refusal('not-found', 'No such storage');
  return name;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function findOf(req: Request, more: Record<string, unknown>): Record<string, unknown> {
  const { find } = paramsOf(req);
  if (find !== undefined && !isPlainObject(find)) throw new Refusal('bad-query', 'find needs a field: find[type]=sgv');
  return { ...find, ...more };
}

/** The filter of a slice: its pattern and what `find` adds. The sliced field counts as named, so a slice by date has no window. */
function sliceFilter(v1: V1, collection: Findable, field: string, req: Request, more: Record<string, unknown>): Filter {
  // a name no field can have
  checkFilter({ [field]: { $exists: true } });
  const pattern = patternFilter(field, text(req.params.prefix), text(req.params.regex));
  const find = findOf(req, more);
  const { dateField } = FIND_RULES[collection];
  if (field !== dateField && field !== 'dateString') return combine([filterOf(v1, collection, find), pattern]);
  const { [field]: own, ...others } = find;
  const rest = filterOf(v1, collection, { ...others, [field]: own ?? { $exists: 'true' } });
  return combine([rest, pattern]);
}

/** `GET /times/:prefix/:regex`: entries whose `dateString` fits. */
export function times(v1: V1): RequestHandler {
  return async (req, res, next) => {
    // the bare path without a slash does not exist
    if (req.params.prefix === undefined && !req.path.endsWith('/')) return next('route');
    await sendEntries(v1, req, res, { filter: () => sliceFilter(v1, 'entries', 'dateString', req, {}) });
  };
}

/** `GET /slice/:storage/:field/:type/:prefix/:regex`: documents of a collection whose field fits. */
export function slice(v1: V1): RequestHandler {
  return async (req, res) => {
    const collection = slicedCollection(req);
    const type = text(req.params.type);
    const filter = sliceFilter(v1, collection, String(req.params.field), req, type === undefined ? {} : { type });
    if (collection === 'entries') return sendEntries(v1, req, res, { filter: () => filter });
    const limit = parseCount(paramsOf(req).count, 10, v1.config.apiMaxCount);
    const listing = await openListing(
      v1.storage,
      collection,
      { filter, sort: [['created_at', -1]], limit },
      ({ created_at }) => parseTime(created_at)?.mills
    );
    await sendListing(req, res, listing, createdAtAdjust(v1.config));
  };
}

/** `GET /times/echo/:prefix/:regex`: shows what the patterns become. */
export const timesEcho: RequestHandler = (req, res) => {
  const prefixes = expandBraces(text(req.params.prefix) ?? '.*');
  const parts = expandBraces(text(req.params.regex) ?? '');
  const pattern = prefixes.flatMap((prefix) => parts.map((part) => (prefixes.length > 1 ? `^${prefix}.*${part}` : `.*${part}`)));
  res.json({ req: { params: req.params, query: paramsOf(req) }, pattern });
};

/** `GET /echo/:storage/:model/:id`: shows what a query becomes. */
export function echo(v1: V1): RequestHandler {
  return (req, res) => {
    const collection = echoedCollection(req);
    const model = text(req.params.model);
    const input = { ...paramsOf(req), ...(model !== undefined && { find: findOf(req, { type: model }) }) };
    res.json({ query: filterOf(v1, collection, input.find), input, params: req.params, storage: collection });
  };
}

/** `GET /count/:storage/where`: how many documents `find` matches; an empty list when none does. */
export function counts(v1: V1): RequestHandler {
  return async (req, res) => {
    const collection = slicedCollection(req);
    const count = await v1.storage.count(collection, filterOf(v1, collection, paramsOf(req).find));
    res.json(count === 0 ? [] : [{ _id: null, count }]);
  };
}
