import type { RequestHandler } from 'express';

/** Says that request bodies may come compressed (RFC 7694): xDrip+ compresses its uploads only to servers that say so. */
export const takesGzip: RequestHandler = (_req, res, next) => {
  res.setHeader('Accept-Encoding', 'gzip');
  next();
};
