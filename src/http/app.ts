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
import { inOrder } from './in-order.ts';
import { bodies } from './middleware/body.ts';
import { compress } from './middleware/compress.ts';
import { cors } from './middleware/cors.ts';
import { requestLimits } from './middleware/limits.ts';
import { pageHeaders } from './middleware/page-headers.ts';
import { takesGzip } from './middleware/takes-gzip.ts';
import { createTellPlainHttp, createTellRefusal, tellWrongAddress } from './middleware/tell-refusal.ts';
import { tellUploads } from './middleware/tell-uploads.ts';
import { transport } from './middleware/transport.ts';
import { mountOps } from './ops/index.ts';
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

  app.use(inOrder(...(metrics ? [metrics.http] : []), requestLog(log), ...(lifecycle ? [underWay(lifecycle)] : [])));
  mountOps(app, services);
  app.use(
    inOrder(
      ...(config.basePath === '' ? [] : [toBasePath(config.basePath)]),
      ...(config.insecureUseHttp ? [] : [transport(config, createTellPlainHttp(services))]),
      ...(config.cors.enabled ? [cors(config)] : []),
      compress(),
      tellUploads(services),
      requestLimits(services)
    )
  );
  app.use('/api/v3', createV3(services));

  const shared = {
    ...services,
    current,
    adminNotifies: createAdminNotifies(services),
    answers: createPageCache<Answer>(services, 'v1-answers')
  };
  app.use(['/api/v1', '/api/v2'], inOrder(takesGzip, extension, bodies(services)));
  app.use('/api/v1', createV1({ ...shared, door: 'v1' }));
  // its own few routes first: followers poll the properties, and no route of v1 has such a name
  app.use('/api/v2', createV2(services, current));
  app.use('/api/v2', createV1({ ...shared, door: 'v2' }));
  app.get('/api/versions', versions);
  app.use(pebble(services, current));
  app.get('/robots.txt', robots);
  if (config.csp.enabled) app.post('/report-violation', noContent);
  app.use(pageHeaders(config));
  app.use(apiDescriptions(services));
  app.use(createHelp());
  app.use(createPages(config));

  app.use('/api', tellWrongAddress(services));
  app.use(notFound);
  app.use(errorRenderer(log, createTellRefusal(services)));
  return app;
}
