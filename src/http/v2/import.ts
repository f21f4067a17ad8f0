import { Router } from 'express';
import { Refusal } from '../../errors.ts';
import { isMoveName, type MoveName } from '../../move/names.ts';
import { createTakeIn, createTrial } from '../../move/take-in.ts';
import type { How, Line } from '../../move/verdict.ts';
import type { Services } from '../../services.ts';
import { isPlainObject } from '../../storage/query.ts';
import { guard, identify } from '../middleware/credentials.ts';

const HOWS: readonly unknown[] = ['ask', 'alone', 'same'];
/** Uploads wait behind no more than that. */
const MOST = 1000;

/** `POST /import`: what `vigil import` has read goes through the commit path of the running server, so that everybody hears of it. */
export function importRoute(services: Services): Router {
  const { access, commit, now, storage } = services;
  const taker = { storage, commit, admin: access.admin };
  const [takeIn, trial] = [createTakeIn(taker), createTrial(taker, now)];
  const router = Router();
  router.post('/import', identify(services), guard('*'), async (request, response) => {
    const { name, dryRun, lines } = readBatch(request.body);
    response.json({ verdicts: await (dryRun ? trial : takeIn)(name, lines) });
  });
  return router;
}

/** @throws Refusal `bad-document` */
function readBatch(body: unknown): { name: MoveName; dryRun: boolean; lines: Line[] } {
  const { collection, documents, dryRun } = isPlainObject(body) ? body : {};
  if (typeof collection !== 'string' || !isMoveName(collection))
    throw new Refusal('bad-document', 'collection must name a collection');
  if (!Array.isArray(documents) || documents.length > MOST)
    throw new Refusal('bad-document', `documents must be a list of ${MOST} at most`);
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw new Refusal('bad-document', 'dryRun must be true or false');
  const lines = documents.map((line: unknown): Line => {
    const { doc, how = 'ask' } = isPlainObject(line) ? line : {};
    if (!HOWS.includes(how)) throw new Refusal('bad-document', 'how must be ask, alone or same');
    return { doc, how: how as How };
  });
  return { name: collection, dryRun: dryRun === true, lines };
}
