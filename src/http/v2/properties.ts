import { type RequestHandler, Router } from 'express';
import { filterSecrets } from '../../config/public-settings.ts';
import type { Current } from '../../plugins/current.ts';
import type { Services } from '../../services.ts';
import { byName } from '../by-name.ts';
import { inOrder } from '../in-order.ts';
import { guard, identify } from '../middleware/credentials.ts';

type Properties = Readonly<Record<string, unknown>>;

/**
 * `GET /properties[/<name>[,<name>…]]`: what the plugins say now (rest-v1-v2 §12.5). Only the first segment counts, unknown names are
 * left out, `pretty` indents. nightguard reads all of it, LoopFollow `/properties/dbsize`, watch faces a few names.
 */
export function properties(services: Services, current: () => Current): Router {
  const shown = withoutSecrets(current);
  const readers = [identify(services), guard('api:entries:read', 'api:treatments:read')];
  const router = Router();
  const show: RequestHandler = (request, response) => {
    const path: unknown = (request.params as Record<string, unknown>).path;
    const names = Array.isArray(path) && path[0] ? String(path[0]).split(',') : undefined;
    const { all, text } = shown();
    const pretty = Boolean(request.query.pretty);
    response
      .type('json')
      .send(names || pretty ? JSON.stringify(names ? pick(all, names) : all, null, pretty ? 2 : undefined) : text);
  };
  const take = inOrder(...readers, show);
  router.use(byName([{ method: 'get', path: '/properties', take }]));
  router.get(['/properties', '/properties/*path'], take);
  return router;
}

/** The properties as they may be shown, and all of them as text; made once for each computation. */
function withoutSecrets(current: () => Current): () => { readonly all: Properties; readonly text: string } {
  let made: { readonly of: Current; readonly all: Properties; readonly text: string } | undefined;
  return () => {
    const of = current();
    if (made?.of !== of) {
      const all = filterSecrets(of.properties);
      made = { of, all, text: JSON.stringify(all) };
    }
    return made;
  };
}

function pick(all: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]));
}
