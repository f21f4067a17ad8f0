import type { RequestHandler } from 'express';
import { REFERENCE } from '../config/version.ts';

/** `GET /robots.txt`: no search engine has any business here. */
export const robots: RequestHandler = (_req, res) => {
  res.type('txt').send('User-agent: *\nDisallow: /');
};

/** `GET /api/versions`, without authorisation. */
export const versions: RequestHandler = (_req, res) => {
  res.json([
    { version: '1.0.0', url: '/api/v1' },
    { version: '2.0.0', url: '/api/v2' },
    { version: REFERENCE.apiVersion, url: '/api/v3' }
  ]);
};

/** `POST /report-violation`: browsers report here what the content security policy stopped; nobody reads it. */
export const noContent: RequestHandler = (_req, res) => {
  res.status(204).end();
};
