import { Router } from 'express';
import { type Current, createCurrent } from '../../plugins/current.ts';
import type { Services } from '../../services.ts';
import { admin } from './admin.ts';
import { alarms } from './alarms.ts';
import { authorization } from './authorization.ts';
import { ddata } from './ddata.ts';
import { importRoute } from './import.ts';
import { loopNotifications } from './notifications.ts';
import { predictions } from './predictions.ts';
import { properties } from './properties.ts';
import { summary } from './summary.ts';
import { uploads } from './uploads.ts';

/** API v2, mounted at `/api/v2`. */
export function createV2(services: Services, current: () => Current = createCurrent(services)): Router {
  const router = Router();
  router.use(properties(services, current));
  router.use(ddata(services));
  router.use(summary(services, current));
  router.use(predictions(services));
  router.use(uploads(services));
  router.use(admin(services));
  router.use(alarms(services));
  router.use(loopNotifications(services));
  router.use(authorization(services));
  router.use(importRoute(services));
  return router;
}
