import { type Response, Router } from 'express';
import { filterSecrets } from '../../config/public-settings.ts';
import type { Current } from '../../plugins/current.ts';
import type { Services } from '../../services.ts';
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
  router.get(['/properties', '/properties/*path'], ...readers, (request, response) => {
    const path: unknown = (request.params as Record<string, unknown>).path;
    const names = Array.isArray(path) && path[0] ? String(path[0]).split(',') : undefined;
    send(response, names ? pick(shown(), names) : shown(), Boolean(request.query.pretty));
  });
  return router;
}

/** The properties as they may be shown; made once for each computation. */
function withoutSecrets(current: () => Current): () => Properties {
  let made: { readonly of: Current; readonly shown: Properties } | undefined;
  return () => {
    const of = current();
    if (made?.of !== of) made = { of, shown: filterSecrets(of.properties) };
    return made.shown;
  };
}

function pick(all: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]));
}

function send(response: Response, body: Properties, pretty: boolean): void {
  response.type('json').send(JSON.stringify(body, null, pretty ? 2 : undefined));
}
