import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { atEnd } from './at-end.ts';
import { redactUrl } from './redact.ts';

const HEADER = 'X-Request-Id';
/** An id worth keeping: a proxy's, not a story. */
const SANE = /^[\w.:-]{1,64}$/;
/** Platforms ask every few seconds, also while the answer is 503. */
const PROBES = /^\/(healthz|readyz)(?=\?|$)/;

/** Id of the request this response answers, for logs and for people who report a fault. */
export function requestId(response: Response): string {
  return String(response.getHeader(HEADER) ?? '');
}

/**
 * Gives every request an id (an incoming X-Request-Id of reasonable shape is kept) and logs method, address without secrets, status
 * and duration when the answer is out: at debug, at info from status 500 (probes: always at debug).
 * @param clock milliseconds, for durations
 */
export function requestLog(log: Logger, clock: () => number = () => performance.now()): RequestHandler {
  // unique per process and then counted: a random id for every request would cost more than most requests' own work
  const prefix = randomUUID().slice(0, 13);
  let count = 0;
  return (request, response, next) => {
    const proposed = request.headers['x-request-id'];
    const id = typeof proposed === 'string' && SANE.test(proposed) ? proposed : `${prefix}-${(++count).toString(36)}`;
    // error handlers name the request by this
    (request as Request & { id?: string }).id = id;
    response.setHeader(HEADER, id);
    const { method, originalUrl } = request;
    const start = clock();
    atEnd(response, () => {
      const level = response.statusCode >= 500 && !PROBES.test(originalUrl) ? 'info' : 'debug';
      if (!log.isLevelEnabled(level)) return;
      log[level](
        {
          id,
          method,
          path: redactUrl(originalUrl),
          status: response.statusCode,
          ms: Math.round(clock() - start),
          ...(!response.writableFinished && { aborted: true })
        },
        'request'
      );
    });
    next();
  };
}
