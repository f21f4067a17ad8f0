import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Config } from '../../config/config.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { bearerOf, guard } from '../middleware/credentials.ts';

/** `GET /metrics`, in Prometheus' text format. */
export const metrics =
  (source: Metrics): RequestHandler =>
  async (_req, res) => {
    const { type, body } = await source.render();
    res.setHeader('Content-Type', type);
    res.setHeader('Cache-Control', 'no-store');
    res.end(body);
  };

/**
 * Who may read them: everybody with METRICS=on; else administrators, and whoever has METRICS_TOKEN.
 * @param who finds out who is asking
 */
export function mayReadMetrics(
  { ops: { metrics: readers, metricsToken } }: Pick<Config, 'ops'>,
  who: RequestHandler
): RequestHandler[] {
  if (readers === 'on') return [];
  const known = metricsToken === undefined ? undefined : digest(metricsToken);
  const administrator = guard('*:*:admin');
  return [
    (req, res, next) => {
      const given = bearerOf(req);
      if (known && given !== undefined && timingSafeEqual(known, digest(given))) return next();
      return who(req, res, (error?: unknown) => (error ? next(error) : administrator(req, res, next)));
    }
  ];
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
