import type { RequestHandler } from 'express';
import type { Config } from '../../config/config.ts';

/**
 * Lets pages of other sites in when the feature `cors` is on: every answer says so, and every OPTIONS request on any path is
 * answered at once. `api-secret` stands among the allowed headers, else a browser could not log in, and so do PATCH and the
 * conditions of v3, else it could not change anything safely. No cookie is involved, so none is allowed.
 */
export function cors({ cors: { allowOrigin } }: Config): RequestHandler {
  return (req, res, next) => {
    res.set({
      'Access-Control-Allow-Origin': allowOrigin,
      'Access-Control-Allow-Methods': 'GET,PUT,POST,PATCH,DELETE,OPTIONS',
      'Access-Control-Allow-Headers':
        'Content-Type, Authorization, Content-Length, X-Requested-With, api-secret, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since',
      'Access-Control-Expose-Headers': 'ETag, Location, Retry-After, X-Request-Id'
    });
    if (req.method === 'OPTIONS') res.type('txt').send('OK');
    else next();
  };
}
