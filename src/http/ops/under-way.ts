import type { RequestHandler } from 'express';
import type { Lifecycle } from '../../lifecycle.ts';
import { atEnd } from '../../observe/at-end.ts';

/** Lets the server wait for requests under way when it closes, and sends callers elsewhere for their next one. */
export function underWay(lifecycle: Lifecycle): RequestHandler {
  return (_req, res, next) => {
    atEnd(res, lifecycle.begin());
    if (lifecycle.closing) res.setHeader('Connection', 'close');
    next();
  };
}
