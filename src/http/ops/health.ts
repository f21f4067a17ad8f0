import type { RequestHandler, Response } from 'express';
import { Refusal } from '../../errors.ts';
import type { Services } from '../../services.ts';

/** How long the database may take to answer, ms. */
const PATIENCE_MS = 2000;
/** When to ask again, seconds. */
const AGAIN = '5';

type Reason = 'storage' | 'starting' | 'closing';

function answer(res: Response, status: 200 | 503, body: object): void {
  if (status === 503) res.setHeader('Retry-After', AGAIN);
  res.setHeader('Cache-Control', 'no-store');
  res.status(status).json(body);
}

/** `GET /healthz`: 200 as long as the process can answer at all. */
export const healthz: RequestHandler = (_req, res) => answer(res, 200, { status: 'ok' });

/**
 * `GET /readyz`: 200 when requests should be sent here. 503 with a `reason` while the database does not answer (`storage`), the
 * recent past is not loaded yet (`starting`) or the server is about to stop (`closing`). `redis` says whether the other processes
 * of the site are heard; without them this one serves on, so that is no reason to send requests elsewhere.
 */
export function readyz({
  storage,
  live,
  lifecycle,
  cluster
}: Pick<Services, 'storage' | 'live' | 'lifecycle' | 'cluster'>): RequestHandler {
  // one question at a time, however many ask
  let asking: Promise<Reason | undefined> | undefined;

  return async (_req, res) => {
    asking ??= within(PATIENCE_MS, storage.ping())
      .then(
        () => (live.state() === 'loaded' ? undefined : ('starting' as const)),
        () => 'storage' as const
      )
      .finally(() => {
        asking = undefined;
      });
    const reason = lifecycle?.closing ? 'closing' : await asking;
    const redis = cluster && { redis: cluster.status().connected ? 'connected' : 'away' };
    if (reason) answer(res, 503, { status: 'unavailable', reason, ...redis });
    else answer(res, 200, { status: 'ok', ...redis });
  };
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Refusal('storage-away')), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
