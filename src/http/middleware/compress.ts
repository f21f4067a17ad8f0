import compression from 'compression';
import type { RequestHandler } from 'express';

/** Answers below this are sent as they are, bytes. */
const THRESHOLD = 1024;

/**
 * Compresses answers for callers who take it. Those who do not name an encoding skip the library, which wraps every response;
 * they are told all the same that the answer depends on it.
 */
export function compress(): RequestHandler {
  const library = compression({ threshold: THRESHOLD });
  return (req, res, next) => {
    if (req.headers['accept-encoding'] !== undefined) return library(req, res, next);
    res.vary('Accept-Encoding');
    next();
  };
}
