import { Router } from 'express';
import { Refusal } from '../../errors.ts';
import { predictionsOf } from '../../plugins/predictions.ts';
import type { Services } from '../../services.ts';
import { guard, identify } from '../middleware/credentials.ts';

const HOUR = 3_600_000;
/** Loop looks six hours ahead, oref four: what started earlier has nothing left to say. */
const DEFAULT_HOURS = 6;

/** `GET /predictions[?hours=6]`: what each looping device expects, the newest of each, in one shape (D24, GAP-PLUGIN-002). */
export function predictions(services: Services): Router {
  const { live, now } = services;
  const router = Router();
  router.get('/predictions', identify(services), guard('api:devicestatus:read'), (request, response) => {
    const hours = hoursOf(request.query.hours);
    if (live.state() !== 'loaded') throw new Refusal('storage-away', 'The data is not loaded yet', 5);
    response.json({ predictions: predictionsOf(live.data().devicestatus, now(), hours * HOUR) });
  });
  return router;
}

/** @throws Refusal `bad-query` for what is no number above zero */
function hoursOf(asked: unknown): number {
  if (asked === undefined || asked === '') return DEFAULT_HOURS;
  const hours = typeof asked === 'string' ? Number(asked) : Number.NaN;
  if (!Number.isFinite(hours) || hours <= 0) throw new Refusal('bad-query', 'hours must be a number above 0');
  return hours;
}
