import { type RequestHandler, type Response, Router } from 'express';
import type { AdminOf } from '../../access/admin.ts';
import { createClientAddress } from '../../access/client-address.ts';
import { PERMISSIONS, permissionTrie } from '../../access/permissions.ts';
import { Refusal } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { guard, identify, identityOf } from '../middleware/credentials.ts';

/** A PUT without a usable `_id` keeps the reference's answer, words included. */
function mongoError(response: Response, error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'bad-id') throw error;
  response.status(500).json({ status: 500, message: 'Mongo Error', description: error.detail });
}

function addCrud(router: Router, noun: 'subjects' | 'roles', who: RequestHandler, admin: AdminOf<unknown>): void {
  const path = `/authorization/${noun}`;
  const right = (verb: string) => guard(`admin:api:${noun}:${verb}`);
  router.get(path, who, right(noun === 'roles' ? 'list' : 'read'), (_request, response) => {
    response.json(admin.list());
  });
  router.post(path, who, right('create'), async (request, response) => {
    response.json(await admin.create(request.body));
  });
  router.put(path, who, right('update'), async (request, response) => {
    try {
      response.json(await admin.update(request.body));
    } catch (error) {
      mongoError(response, error);
    }
  });
  router.delete(`${path}/:_id`, who, right('delete'), async (request, response) => {
    await admin.remove(String(request.params._id));
    response.json({});
  });
}

/** `/authorization/*` below `/api/v2`; comes after the body parsers (JSON and nested forms). Wire contract: auth.md §9. */
export function authorization(services: Services): Router {
  const { access, config } = services;
  const addressOf = createClientAddress(config.trustProxy);
  const who = identify(services);
  const router = Router();

  router.get('/authorization/request/:token', async (request, response) => {
    // apps that keep the token as it stood in the query send `token=…`
    const grant = await access.request(request.params.token.replace(/^token=/, ''), addressOf(request));
    if (!grant) throw new Refusal('unauthorized', 'Invalid/Missing');
    response.json(grant);
  });
  addCrud(router, 'subjects', who, access.admin.subjects);
  addCrud(router, 'roles', who, access.admin.roles);
  router.get('/authorization/permissions', who, guard('admin:api:permissions:read'), (_request, response) => {
    response.json(PERMISSIONS);
  });
  router.get('/authorization/permissions/trie', who, guard('admin:api:permissions:read'), (_request, response) => {
    response.json({ data: permissionTrie(PERMISSIONS) });
  });
  router.get('/authorization/debug/check/:permission', who, (request, response) => {
    if (!identityOf(response).may(String(request.params.permission))) throw new Refusal('unauthorized', 'Invalid/Missing');
    response.json({ check: true });
  });
  return router;
}
