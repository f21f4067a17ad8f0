import type { RequestHandler } from 'express';
import type { Config } from '../../config/config.ts';

/**
 * Lets pages of other sites in when the feature `cors` is on: every answer says so, and every OPTIONS request on any path is
 * answered at once. `api-secret` stands among the allowed headers, else a browser could not log in.
 */
export function cors({ cors: { allowOrigin } }: Config): RequestHandler {
  return (req, res, next) => {
    res.set({
      'Access-Control-Allow-Origin': allowOrigin,
      'Access-Control-Allow-Methods': 'GET,PUT,POST,DELETE,OPTIONS',
      'Access-Control-Allow-Headers': 'Content-Type, Authorization, Content-Length, X-Requested-With, api-secret'
    });
    if (req.method === 'OPTIONS') res.type('txt').send('OK');
    else next();
  };
}
