import express, { type Express } from 'express';
import { createAdminNotifies } from '../alarms/admin-notifies.ts';
import { createHelp } from '../help/help.ts';
import { requestLog } from '../observe/request-log.ts';
import { apiDescriptions } from '../openapi/page.ts';
import { createPages } from '../pages/pages.ts';
import type { Current } from '../plugins/current.ts';
import type { Services } from '../services.ts';
import { toBasePath } from './base-path.ts';
import { errorRenderer, notFound } from './errors.ts';
import { bodies } from './middleware/body.ts';
import { compress } from './middleware/compress.ts';
import { cors } from './middleware/cors.ts';
import { requestLimits } from './middleware/limits.ts';
import { pageHeaders } from './middleware/page-headers.ts';
import { takesGzip } from './middleware/takes-gzip.ts';
import { transport } from './middleware/transport.ts';
import { ops } from './ops/index.ts';
import { underWay } from './ops/under-way.ts';
import { createPageCache } from './page-cache.ts';
import { pebble } from './pebble.ts';
import { noContent, robots, versions } from './root.ts';
import type { Answer } from './v1/answers.ts';
import { extension } from './v1/extension.ts';
import { createV1 } from './v1/index.ts';
import { createParamsParser } from './v1/query-params.ts';
import { createV2 } from './v2/index.ts';
import { createV3 } from './v3/index.ts';

/**
 * The HTTP side of the server: what every request passes, in order, and where it ends.
 * @param current what the plugins say now, shared with the alarms
 */
export function createApp(services: Services, current: () => Current): Express {
  const { config, lifecycle, log, metrics } = services;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', createParamsParser());
  app.set('json escape', false);

  if (metrics) app.use(metrics.http);
  app.use(requestLog(log));
  if (lifecycle) app.use(underWay(lifecycle));
  app.use(ops(services));
  if (config.basePath !== '') app.use(toBasePath(config.basePath));
  if (!config.insecureUseHttp) app.use(transport(config));
  app.get('/robots.txt', robots);
  if (config.cors.enabled) app.use(cors(config));
  if (config.csp.enabled) app.post('/report-violation', noContent);
  app.use(compress());

  app.get('/api/versions', versions);
  app.use('/api', requestLimits(services));
  app.use('/api/v3', createV3(services));

  const shared = {
    ...services,
    current,
    adminNotifies: createAdminNotifies(services),
    answers: createPageCache<Answer>(services, 'v1-answers')
  };
  app.use(['/api/v1', '/api/v2'], takesGzip, extension, bodies(services));
  app.use('/api/v1', createV1({ ...shared, door: 'v1' }));
  // its own few routes first: followers poll the properties, and no route of v1 has such a name
  app.use('/api/v2', createV2(services, current));
  app.use('/api/v2', createV1({ ...shared, door: 'v2' }));
  app.use(pebble(services, current));
  app.use(pageHeaders(config));
  app.use(apiDescriptions(services));
  app.use(createHelp());
  app.use(createPages(config));

  app.use(notFound);
  app.use(errorRenderer(log));
  return app;
}
