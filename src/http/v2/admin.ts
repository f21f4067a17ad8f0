import { Router } from 'express';
import { createAdminStatus } from '../../admin/status.ts';
import { Refusal } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { guard, identify } from '../middleware/credentials.ts';

/** `GET /admin/status` and `POST /admin/backup`, for administrators. */
export function admin(services: Services): Router {
  const who = identify(services);
  const administrator = guard('*:*:admin');
  const status = createAdminStatus(services);
  const router = Router();
  router.get('/admin/status', who, administrator, async (_req, res) => {
    res.setHeader('Cache-Control', 'no-store');
    res.json(await status());
  });
  router.post('/admin/backup', who, administrator, (_req, res) => {
    const waitMs = services.backups?.now();
    if (waitMs === undefined) throw new Refusal('not-found', 'This server makes no backups');
    if (waitMs > 0) throw new Refusal('too-many', 'The newest backup was made a few minutes ago', Math.ceil(waitMs / 1000));
    res.status(202).json({ started: true });
  });
  return router;
}
