import { type Request, type RequestHandler, Router } from 'express';
import { byName } from '../by-name.ts';
import { inOrder } from '../in-order.ts';
import { guard, guardAny, identify } from '../middleware/credentials.ts';
import { listActivity } from './activity.ts';
import { adminnotifies } from './adminnotifies.ts';
import { listDevicestatus } from './devicestatus.ts';
import { currentEntry, entriesBySpec, listEntries } from './entries.ts';
import { listFood } from './food.ts';
import { acknowledge, pushoverCallback } from './notifications.ts';
import { currentProfile, listProfile, searchProfiles } from './profile.ts';
import { deleteByFind, deleteById, deleteDevicestatus, deleteEntries, deleteTreatment } from './removal.ts';
import { status } from './status.ts';
import { counts, echo, echoedCollection, slice, slicedCollection, times, timesEcho } from './times.ts';
import { listTreatments } from './treatments.ts';
import { previewUploads, takeUploads } from './uploads.ts';
import type { V1 } from './v1.ts';
import { verifyauth } from './verifyauth.ts';
import { alexa } from './voice/alexa.ts';
import { googlehome } from './voice/googlehome.ts';

/** Method, path, right, handler. The right may depend on the request. */
type Route = readonly [method: 'get' | 'post' | 'put' | 'delete', path: string, right: Right, handler: RequestHandler];
type Right = string | ((req: Request) => string) | RequestHandler[];

/** REST API v1, to be mounted after the body parsers. Its wire contract stands in README.md beside this file. */
export function createV1(v1: V1): Router {
  const routes: Route[] = [
    ['get', '/status', 'api:status:read', status(v1)],
    ['get', '/entries', 'api:entries:read', listEntries(v1)],
    ['post', '/entries', 'api:entries:create', takeUploads(v1, 'POST entries')],
    ['delete', '/entries', 'api:entries:delete', deleteByFind(v1, 'entries')],
    ['post', '/entries/preview', 'api:entries:create', previewUploads],
    ['get', '/entries/current', 'api:entries:read', currentEntry(v1)],
    ['get', '/entries/:spec', 'api:entries:read', entriesBySpec(v1)],
    ['delete', '/entries/:spec', 'api:entries:delete', deleteEntries(v1)],
    ['get', '/echo/:storage{/:model}{/:id}', (req) => `api:${echoedCollection(req)}:read`, echo(v1)],
    ['get', '/times/echo{/:prefix}{/:regex}', 'api:entries:read', timesEcho],
    ['get', '/times{/:prefix}{/:regex}', 'api:entries:read', times(v1)],
    ['get', '/slice/:storage/:field{/:type}{/:prefix}{/:regex}', (req) => `api:${slicedCollection(req)}:read`, slice(v1)],
    ['get', '/count/:storage/where', (req) => `api:${slicedCollection(req)}:read`, counts(v1)],

    ['get', '/treatments', 'api:treatments:read', listTreatments(v1)],
    ...ifEnabled(v1, 'careportal', [
      ['post', '/treatments', 'api:treatments:create', takeUploads(v1, 'POST treatments')],
      ['delete', '/treatments', 'api:treatments:delete', deleteByFind(v1, 'treatments')],
      ['delete', '/treatments/:id', 'api:treatments:delete', deleteTreatment(v1)],
      ['put', '/treatments', 'api:treatments:update', takeUploads(v1, 'PUT treatments')]
    ]),

    ['get', '/devicestatus', 'api:devicestatus:read', listDevicestatus(v1)],
    ['post', '/devicestatus', 'api:devicestatus:create', takeUploads(v1, 'POST devicestatus')],
    ['delete', '/devicestatus', 'api:devicestatus:delete', deleteByFind(v1, 'devicestatus')],
    ['delete', '/devicestatus/:id', 'api:devicestatus:delete', deleteDevicestatus(v1)],

    ['get', '/profile', 'api:profile:read', listProfile(v1)],
    ['get', '/profiles', 'api:profile:read', searchProfiles(v1)],
    ['get', '/profile/current', 'api:profile:read', currentProfile(v1)],
    ['post', '/profile', 'api:profile:create', takeUploads(v1, 'POST profile')],
    ['put', '/profile', 'api:profile:update', takeUploads(v1, 'PUT profile')],
    ['delete', '/profile/:_id', 'api:profile:delete', deleteById(v1, 'profile')],

    ['get', '/food', 'api:food:read', listFood(v1, 'all')],
    ['get', '/food/quickpicks', 'api:food:read', listFood(v1, 'quickpicks')],
    ['get', '/food/regular', 'api:food:read', listFood(v1, 'regular')],
    ['post', '/food', 'api:food:create', takeUploads(v1, 'POST food')],
    ['put', '/food', 'api:food:update', takeUploads(v1, 'PUT food')],
    ['delete', '/food/:_id', 'api:food:delete', deleteById(v1, 'food')],

    ['get', '/activity', 'api:activity:read', listActivity(v1)],
    ...ifEnabled(v1, 'careportal', [
      ['post', '/activity', 'api:activity:create', takeUploads(v1, 'POST activity')],
      ['put', '/activity', 'api:activity:update', takeUploads(v1, 'PUT activity')],
      ['delete', '/activity/:_id', 'api:activity:delete', deleteById(v1, 'activity')]
    ]),

    ['get', '/adminnotifies', [], adminnotifies(v1)],
    ['get', '/experiments/test', 'authorization:debug:test', (_req, res) => res.json({ status: 'ok' })],
    // whoever may enter a treatment may also say "I have seen it" (D15)
    ['get', '/notifications/ack', [guardAny('notifications:*:ack', 'api:treatments:create')], acknowledge(v1)],
    ...ifEnabled(v1, 'alexa', [['post', '/alexa', 'api:*:read', alexa(v1)]]),
    ...ifEnabled(v1, 'googlehome', [['post', '/googlehome', 'api:*:read', googlehome(v1)]])
  ];

  const router = Router();
  const who = identify(v1);
  const taken = routes.map(([method, path, right, handler]) => ({ method, path, take: inOrder(who, ...guards(right), handler) }));
  router.use(byName(taken));
  router.use(verifyauth(v1));
  router.post('/notifications/pushovercallback', pushoverCallback(v1));
  for (const { method, path, take } of taken) router[method](path, take);
  for (const [path, methods] of allowed(routes)) router.options(path, who, ...readGuard(path), allow(methods));
  return router;
}

/** Some routes are features, named in ENABLE: writing treatments and activity (`careportal`), the voices. */
function ifEnabled({ config }: V1, feature: string, routes: Route[]): Route[] {
  return config.settings.enable.includes(feature) ? routes : [];
}

function guards(right: Right): RequestHandler[] {
  if (Array.isArray(right)) return right;
  if (typeof right === 'function') return [(req, res, next) => guard(right(req))(req, res, next)];
  const [api, collection] = right.split(':');
  // a write needs the right to read, too: it decides which tokens apps can use
  return api === 'api' && !right.endsWith(':read') ? [guard(`api:${collection}:read`, right)] : [guard(right)];
}

const COLLECTION = /^\/(entries|treatments|devicestatus|profile|food|activity)s?(\/|$)/;

const readGuard = (path: string): RequestHandler[] => {
  const collection = COLLECTION.exec(path)?.[1];
  return collection === undefined ? [] : [guard(`api:${collection}:read`)];
};

/** What OPTIONS tells: the methods of each path, in order, HEAD beside GET. */
function allowed(routes: readonly Route[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const [method, path] of routes) {
    const methods = paths.get(path) ?? [];
    methods.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    paths.set(path, methods);
  }
  return paths;
}

const allow =
  (methods: readonly string[]): RequestHandler =>
  (_req, res) => {
    const list = methods.join(',');
    res.set('Allow', list).type('html').send(list);
  };
