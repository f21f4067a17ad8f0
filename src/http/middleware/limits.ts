import type { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { createCaller } from '../../access/caller.ts';
import { createTally } from '../../access/tally.ts';
import { Refusal } from '../../errors.ts';
import { atEnd } from '../../observe/at-end.ts';
import type { Services } from '../../services.ts';
import { inOrder } from '../in-order.ts';

const MINUTE = 60_000;
/** Answers from this size on are large, characters: eight days of device statuses, a month of readings. */
const LARGE = 4 * 1_048_576;

/** What looks at every document of a collection, or rebuilds the past; by hand or for a report, never at each reading. */
const SEARCH_PATHS = /^\/api\/(?:v1|v2)\/(?:times|slice|count|ddata\/at\/.)/i;
const API = /^\/api(?:\/|$)/i;
/** A regular expression: `find[…][$regex]`, `find[…]=/…/` (v1), `field$re` (v3). */
const SEARCH_QUERY = /regex|\$re=|%24re=|=(?:\/|%2f)/i;
/** A list of a thousand documents or more. */
const LONG_LIST = /[?&]count=(?:\+|%2b|%20|\s)*\d{4}/i;

/** Refusals of whoever asks for too much of what is dear, per client. Uploads are never refused. To be mounted before what rewrites addresses. */
export function requestLimits(services: Pick<Services, 'config' | 'now'>): RequestHandler {
  const { searches, largeAnswers } = services.config.limits;
  return inOrder(...(searches > 0 ? [searchLimit(services)] : []), ...(largeAnswers > 0 ? [largeAnswerLimit(services)] : []));
}

const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

function isSearch(req: Request): boolean {
  const query = req.url.indexOf('?');
  if (query < 0) return SEARCH_PATHS.test(req.path);
  return SEARCH_PATHS.test(req.path) || (SEARCH_QUERY.test(req.url.slice(query)) && API.test(req.path));
}

function searchLimit({ config }: Pick<Services, 'config'>): RequestHandler {
  const callerOf = createCaller(config.trustProxy);
  const limit = rateLimit({
    windowMs: MINUTE,
    limit: config.limits.searches,
    skip: (req) => callerOf(req) === undefined,
    keyGenerator: (req) => String(callerOf(req)),
    standardHeaders: false,
    legacyHeaders: false,
    validate: false,
    handler: (req) => {
      const { resetTime } = (req as Request & { rateLimit?: { resetTime?: Date } }).rateLimit ?? {};
      const seconds = resetTime ? Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000)) : MINUTE / 1000;
      throw new Refusal('too-many', 'Too many searches from this address', seconds);
    }
  });
  return (req, res, next) => (isRead(req) && isSearch(req) ? limit(req, res, next) : next());
}

/** Counts what was answered, not what was asked: reports ask for `count=10000` of each single day. */
function largeAnswerLimit({ config, now }: Pick<Services, 'config' | 'now'>): RequestHandler {
  const callerOf = createCaller(config.trustProxy);
  const tally = createTally(config.limits.largeAnswers, MINUTE, now);
  return (req, res, next) => {
    if (!isRead(req) || !LONG_LIST.test(req.url) || !API.test(req.path)) return next();
    const caller = callerOf(req);
    if (caller === undefined) return next();
    const retryAfter = tally.over(caller);
    if (retryAfter > 0) throw new Refusal('too-many', 'Too many large answers to this address', retryAfter);
    atEnd(res, () => {
      if (Number(res.locals.size) >= LARGE) tally.add(caller);
    });
    next();
  };
}
