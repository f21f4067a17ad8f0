import express, { type RequestHandler } from 'express';

const MIB = 1_048_576;

/** Largest JSON bodies of v1 and v2 by the first part of the path, bytes; elsewhere {@link SMALL}. Backfills are large. */
const JSON_LIMITS: Readonly<Record<string, number>> = { entries: 50 * MIB, treatments: 50 * MIB };
const SMALL = MIB;
const FORM = { extended: true, limit: MIB, parameterLimit: 50_000 } as const;

/**
 * Reads JSON and form bodies, gzipped ones too (xDrip+). Comes before authorisation: an unreadable body is a 400 for everybody.
 * Whatever is no JSON and no form leaves `{}`.
 */
export function bodies(): RequestHandler[] {
  const json = (limit: number): RequestHandler => express.json({ limit, type: 'application/json' });
  const small = json(SMALL);
  const large = json(Math.max(...Object.values(JSON_LIMITS)));
  const form = express.urlencoded(FORM);
  return [
    // reads are most of the traffic and carry no body worth looking for
    unlessRead((req, res, next) => (JSON_LIMITS[req.path.split(/[/.]/)[1]?.toLowerCase() ?? ''] ? large : small)(req, res, next)),
    unlessRead(form),
    (req, _res, next) => {
      req.body ??= {};
      next();
    }
  ];
}

const unlessRead =
  (parser: RequestHandler): RequestHandler =>
  (req, res, next) =>
    req.method === 'GET' || req.method === 'HEAD' ? next() : parser(req, res, next);
