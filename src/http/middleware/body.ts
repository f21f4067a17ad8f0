import express, { type RequestHandler } from 'express';

const MIB = 1_048_576;

/** Largest JSON bodies of v1 and v2 by the first part of the path, bytes; elsewhere {@link SMALL}. Backfills are large. */
const JSON_LIMITS: Readonly<Record<string, number>> = { entries: 50 * MIB, treatments: 50 * MIB };
const SMALL = MIB;
const FORM = { extended: true, limit: MIB, parameterLimit: 50_000 } as const;

/**
 * Reads JSON and form bodies, gzipped ones too (xDrip+). Comes before authorisation: an unreadable body is a 400 for everybody.
 * Whatever is no JSON and no form leaves `{}`. One handler for all of it: reads are most of the traffic and pass at once.
 */
export function bodies(): RequestHandler {
  const json = (limit: number): RequestHandler => express.json({ limit, type: 'application/json' });
  const small = json(SMALL);
  const large = json(Math.max(...Object.values(JSON_LIMITS)));
  const form = express.urlencoded(FORM);
  return (req, res, next) => {
    const done = (error?: unknown): void => {
      req.body ??= {};
      next(error);
    };
    if (req.method === 'GET' || req.method === 'HEAD') return done();
    const parser = JSON_LIMITS[req.path.split(/[/.]/)[1]?.toLowerCase() ?? ''] ? large : small;
    parser(req, res, (error?: unknown) => (error ? done(error) : form(req, res, done)));
  };
}
