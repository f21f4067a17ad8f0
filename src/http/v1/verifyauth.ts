import { Router } from 'express';
import { verifyAuth } from '../../access/verifyauth.ts';
import type { Services } from '../../services.ts';
import { identify, identityOf } from '../middleware/credentials.ts';

/** `GET /verifyauth`: tells everybody, with wrong credentials too, what they may; always 200. */
export function verifyauth(services: Services): Router {
  const router = Router();
  router.get('/verifyauth', identify(services), (_request, response) => {
    response.json({ status: 200, message: verifyAuth(identityOf(response)) });
  });
  return router;
}
