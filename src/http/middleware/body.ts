import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Services } from '../../services.ts';
import { identifyEarly } from './credentials.ts';
import { demandSaneJson } from './json-shape.ts';

const MIB = 1_048_576;

/** Largest JSON bodies of v1 and v2 by the first part of the path, bytes; elsewhere {@link SMALL}. Backfills are large. */
const JSON_LIMITS: Readonly<Record<string, number>> = { entries: 50 * MIB, treatments: 50 * MIB, import: 50 * MIB };
const SMALL = MIB;
const FORM = { extended: true, limit: MIB, parameterLimit: 50_000 } as const;

/**
 * Reads JSON and form bodies, gzipped ones too (xDrip+). Comes before authorisation: an unreadable body is a 400 for everybody.
 * Whatever is no JSON and no form leaves `{}`. One handler for all of it: reads are most of the traffic and pass at once.
 *
 * Large bodies are for those who may store them: strangers could fill the memory with them.
 */
export function bodies(services: Pick<Services, 'config' | 'access'>): RequestHandler {
  const json = (limit: number): RequestHandler => express.json({ limit, type: 'application/json', verify: demandSaneJson });
  const small = json(SMALL);
  const large = json(Math.max(...Object.values(JSON_LIMITS)));
  const form = express.urlencoded(FORM);
  const identify = identifyEarly(services);

  async function parserFor(req: Request, res: Response, collection: string): Promise<RequestHandler> {
    return (await identify(req, res)).may(`api:${collection}:create`) ? large : small;
  }

  return async (req, res, next) => {
    const done = (error?: unknown): void => {
      req.body ??= {};
      next(error);
    };
    if (req.method === 'GET' || req.method === 'HEAD') return done();
    const collection = req.path.split(/[/.]/)[1]?.toLowerCase() ?? '';
    const parser = JSON_LIMITS[collection] && !staysSmall(req) ? await parserFor(req, res, collection) : small;
    if (req.headers['content-type']?.startsWith('application/json')) parser(req, res, done);
    else parser(req, res, (error?: unknown) => (error ? done(error) : form(req, res, done)));
  };
}

const staysSmall = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] === undefined &&
  headers['content-encoding'] === undefined &&
  !(Number(headers['content-length']) > SMALL);
