import { Router } from 'express';
import type { Services } from '../../services.ts';
import { identify } from '../middleware/credentials.ts';
import { healthz, readyz } from './health.ts';
import { mayReadMetrics, metrics } from './metrics.ts';

/**
 * What platforms and monitors ask, to be mounted before the redirect to https: they ask from inside, over plain http.
 */
export function ops(services: Services): Router {
  const router = Router();
  router.get('/healthz', healthz);
  router.get('/readyz', readyz(services));
  if (services.metrics) router.get('/metrics', ...mayReadMetrics(services.config, identify(services)), metrics(services.metrics));
  return router;
}
