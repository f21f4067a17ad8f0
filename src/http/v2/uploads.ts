import { Router } from 'express';
import type { Sgv } from '../../live/live.ts';
import type { Services } from '../../services.ts';
import { gapsOf } from '../../uploads/gaps.ts';
import type { Refused } from '../../uploads/refusals.ts';
import type { UploadingApp } from '../../uploads/uploads.ts';
import { guard, identify, identityOf } from '../middleware/credentials.ts';

/**
 * `GET /uploads`: which app sent what last, the gaps in the glucose of the last 24 hours, and, for administrators, from where, and
 * what was refused.
 */
export function uploads(services: Services): Router {
  const { config, live, now } = services;
  const router = Router();
  router.get('/uploads', identify(services), guard('api:*:read'), (_req, res) => {
    const isAdmin = identityOf(res).may('*:*:admin');
    const apps = services.uploads?.apps() ?? [];
    const at = now();
    res.setHeader('Cache-Control', 'no-store');
    res.json({
      now: at,
      since: services.uploads?.since ?? at,
      apps: isAdmin ? apps.map(inFull) : apps.map((app) => forReaders(app, config.obscureDeviceProvenance)),
      glucose: glucoseOf(live.data().sgvs, at),
      ...(isAdmin && { refused: (services.uploads?.refused() ?? []).map(shown) })
    });
  });
  return router;
}

const DAY = 86_400_000;

function glucoseOf(sgvs: readonly Sgv[], now: number) {
  const past = sgvs.filter(({ mills }) => mills <= now);
  const from = Math.max(now - DAY, past[0]?.mills ?? now);
  return {
    from,
    readings: past.filter(({ mills }) => mills >= now - DAY).length,
    last: past.at(-1)?.mills,
    gaps: gapsOf(
      past.map(({ mills }) => mills),
      from,
      now
    )
  };
}

const inFull = ({ userAgent, address, ...app }: UploadingApp) => ({ ...app, userAgent, address });

/** What readers see elsewhere, too: an obscured device stays so. */
function forReaders({ userAgent: _agent, address: _address, ...app }: UploadingApp, obscured: string) {
  if (obscured === '') return app;
  return { ...app, device: app.device && obscured, app: app.device?.startsWith(app.app) ? obscured : app.app };
}

const shown = ({ app, door, reason, what, detail, address, firstAt, at, count }: Refused) => ({
  app,
  door,
  reason,
  what,
  ...(detail !== undefined && { detail }),
  address,
  firstAt,
  at,
  count
});
