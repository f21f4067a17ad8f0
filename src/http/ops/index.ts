import type { Express } from 'express';
import type { Services } from '../../services.ts';
import { identify } from '../middleware/credentials.ts';
import { healthz, readyz } from './health.ts';
import { mayReadMetrics, metrics } from './metrics.ts';

/**
 * What platforms and monitors ask, to be mounted before the redirect to https: they ask from inside, over plain http.
 */
export function mountOps(app: Express, services: Services): void {
  app.get('/healthz', healthz);
  app.get('/readyz', readyz(services));
  if (services.metrics) app.get('/metrics', ...mayReadMetrics(services.config, identify(services)), metrics(services.metrics));
}
