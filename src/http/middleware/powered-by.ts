import type { RequestHandler } from 'express';

/** xDrip+ compresses its uploads only to servers that say so. */
export const poweredBy: RequestHandler = (_req, res, next) => {
  res.setHeader('X-Powered-By', 'Express');
  next();
};
