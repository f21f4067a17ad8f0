import { Router } from 'express';
import { DateTime } from 'luxon';
import { Refusal } from '../../errors.ts';
import { runtimeData } from '../../live/derived.ts';
import { pastFrame } from '../../live/frame.ts';
import type { Services } from '../../services.ts';
import { guard, identify } from '../middleware/credentials.ts';

/** This near to now the live data is the answer. */
const LIVE_MS = 5 * 60_000;

/** `GET /ddata/at[/:at]`: everything known now, or as it stood at an ISO date (rest-v1-v2 §12.6). */
export function ddata(services: Services): Router {
  const { live, now, storage, config } = services;
  const router = Router();
  const readers = [identify(services), guard('api:entries:read', 'api:treatments:read')];
  router.get('/ddata/at{/:at}', ...readers, async (request, response) => {
    const at = instantOf(request.params.at) ?? now();
    if (Math.abs(at - now()) >= LIVE_MS) {
      response.json({ ...runtimeData(await pastFrame(storage, config, at)), page: { frame: true, after: at } });
      return;
    }
    if (live.state() !== 'loaded') throw new Refusal('storage-away', 'The data is not loaded yet', 5);
    response.json(runtimeData(live.data()));
  });
  return router;
}

/** @returns epoch ms; undefined when none is asked for. @throws Refusal `bad-path` for what is no date */
function instantOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const at = DateTime.fromISO(text, { zone: 'utc' });
  if (!at.isValid) throw new Refusal('bad-path', 'Not an ISO date');
  return at.toMillis();
}
