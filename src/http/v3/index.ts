import { type RequestHandler, Router } from 'express';
import type { Services } from '../../services.ts';
import { bearer } from '../middleware/bearer.ts';
import { identityOf } from '../middleware/credentials.ts';
import { createPageCache, type Page } from '../page-cache.ts';
import { jsonBody } from './body.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { errorRenderer, noSuchOperation } from './envelope.ts';
import { pathExtension } from './format.ts';
import { history } from './history.ts';
import { lastModified } from './last-modified.ts';
import { known, need, run } from './operation.ts';
import { patch } from './patch.ts';
import { createPruner } from './prune.ts';
import { read } from './read.ts';
import { search } from './search.ts';
import { update } from './update.ts';
import { status, version } from './version.ts';

/**
 * REST API v3, to be mounted at `/api/v3` (before any body parser). Its wire contract stands in README.md beside this file.
 * @param options.testRoute whether `GET /test` exists: everywhere but in production, as in the reference
 */
export function createV3(services: Services, { testRoute = isTestBed(process.env) } = {}): Router {
  const router = Router();
  const pages = createPageCache<Page>(services, 'v3-pages');
  const tools = { services, pages, prune: createPruner(services, pages) };
  const who = bearer(services);
  const body = jsonBody();

  router.use(pathExtension);
  router.get('/version', version(services));
  router.get('/status', who, status(services));
  router.get('/lastModified', who, lastModified(tools));
  // three steps up are the reference's, and one too many below a path
  const docs = services.config.basePath === '' ? '../../../api3-docs' : `${services.config.basePath}/api3-docs`;
  router.get('/swagger-ui-dist', (_req, res) => res.redirect(307, docs));
  if (testRoute) router.get('/test', who, test);
  router.get('/:collection', known, who, run(search(tools)));
  router.post('/:collection', known, who, body, run(create(tools)));
  router.get('/:collection/history', known, who, run(history(tools)));
  router.get('/:collection/history/:since', known, who, run(history(tools)));
  router.get('/:collection/:identifier', known, who, run(read(tools)));
  router.put('/:collection/:identifier', known, who, body, run(update(tools)));
  router.patch('/:collection/:identifier', known, who, body, run(patch(tools)));
  router.delete('/:collection/:identifier', known, who, run(remove(tools)));
  router.use((_req, _res, next) => next(noSuchOperation()));
  router.use(errorRenderer(services.log));
  return router;
}

const test: RequestHandler = (_req, res) => {
  need(identityOf(res), 'api:entries:read');
  res.end();
};

const isTestBed = ({ NODE_ENV, CI }: NodeJS.ProcessEnv): boolean =>
  !NODE_ENV || NODE_ENV === 'development' || NODE_ENV === 'test' || Boolean(CI);
