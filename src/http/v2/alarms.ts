import { Router } from 'express';
import { createAlarmBoard } from '../../alarms/board.ts';
import { snoozeChoices } from '../../alarms/snooze-choices.ts';
import type { Services } from '../../services.ts';
import { guard, identify, identityOf } from '../middleware/credentials.ts';

/** Who may silence (D15): the same rights as at `/notifications/ack` of v1. */
const ACK = ['notifications:*:ack', 'api:treatments:create'] as const;

/**
 * `GET /alarms`: the alarms and announcements there are now, silenced ones too. Sockets tell each as it goes out; who connects
 * later, or comes back, asks here.
 */
export function alarms(services: Services): Router {
  const { config, now } = services;
  const board = createAlarmBoard(services);
  const router = Router();
  router.get('/alarms', identify(services), guard('api:entries:read', 'api:treatments:read'), (_request, response) => {
    const state = board.read();
    const who = identityOf(response);
    const time = now();
    response.set('Cache-Control', 'no-store').json({
      now: time,
      at: state?.at ?? null,
      mayAck: ACK.some((permission) => who.may(permission)),
      alarms: (state?.alarms ?? []).map(({ silentUntil, ...alarm }) => ({
        ...alarm,
        // it may have ended since the last cycle
        ...(silentUntil !== undefined && silentUntil > time && { silentUntil }),
        snoozeMinutes: alarm.level > 0 ? snoozeChoices(config.settings, alarm) : []
      }))
    });
  });
  return router;
}
