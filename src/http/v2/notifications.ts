import { Router } from 'express';
import { createClientAddress } from '../../access/client-address.ts';
import { type ApplePushService, createApplePushService, PushRefused } from '../../integrations/apns.ts';
import { CommandRefused, readCommand, textOf } from '../../integrations/loop-command.ts';
import type { Services } from '../../services.ts';
import type { Doc } from '../../storage/port.ts';
import { guard, identify } from '../middleware/credentials.ts';

/** Loop takes a command no longer than this after it was sent, ms. */
const VALID_MS = 5 * 60_000;
const TEAM_ID_LENGTH = 10;

/**
 * `POST /notifications/loop`: remote commands for Loop, pushed through Apple to the phone of the newest profile. Caregivers see the
 * text of a failure as it is (500, plain text), so the words are the reference's.
 * @param push stands in for Apple in tests
 */
export function loopNotifications(services: Services, push?: ApplePushService): Router {
  const { config, live, log, now } = services;
  const settings = config.integrations?.loopPush;
  const addressOf = createClientAddress(config.trustProxy);
  const apple = push ?? (settings && createApplePushService(settings, { now }));
  let lastSentAt = 0;

  /** Loop takes two commands with the same `sent-at` for one. */
  function sentAt(): number {
    lastSentAt = Math.max(now(), lastSentAt + 1);
    return lastSentAt;
  }

  async function send(body: Readonly<Record<string, unknown>>, remoteAddress: string): Promise<void> {
    if (!settings?.apnsKey || !apple) throw failure('LOOP_APNS_KEY not set.');
    if (!settings.apnsKeyId) throw failure('LOOP_APNS_KEY_ID not set.');
    if (settings.developerTeamId.length !== TEAM_ID_LENGTH) throw failure('LOOP_DEVELOPER_TEAM_ID not set.');
    const { deviceToken, topic } = targetOf(live.data().profiles[0]);
    const { alert, fields } = readCommand(body, settings);
    const at = sentAt();
    const [notes, enteredBy] = [textOf(body.notes), textOf(body.enteredBy)];
    await apple.send({
      deviceToken,
      topic,
      expiration: at + VALID_MS,
      payload: {
        aps: {
          alert: [alert, notes, enteredBy].filter(Boolean).join(' - '),
          'content-available': 1,
          'interruption-level': 'time-sensitive'
        },
        'remote-address': remoteAddress,
        ...(isGiven(body.notes) && { notes }),
        ...(isGiven(body.enteredBy) && { 'entered-by': enteredBy }),
        'sent-at': new Date(at).toISOString(),
        expiration: new Date(at + VALID_MS).toISOString(),
        ...fields
      }
    });
  }

  const router = Router();
  router.post('/notifications/loop', identify(services), guard('notifications:loop:push'), async (request, response) => {
    try {
      await send(request.body as Record<string, unknown>, addressOf(request));
    } catch (error) {
      if (error instanceof PushRefused) log.warn({ reason: error.message }, 'a remote command was not delivered');
      else if (!(error instanceof CommandRefused)) throw error;
      const text = error instanceof PushRefused ? `APNs delivery failed: ${error.message}` : error.message;
      response.status(500).type('txt').send(text);
      return;
    }
    response.type('txt').send('OK');
  });
  return router;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const failure = (what: string): CommandRefused => new CommandRefused(`Loop notification failed: ${what}`);

/** Where Loop said it can be reached. @throws CommandRefused */
function targetOf(profile: Doc | undefined): { deviceToken: string; topic: string } {
  const loopSettings = profile?.loopSettings;
  if (loopSettings === null || typeof loopSettings !== 'object') throw failure('Could not find loopSettings in profile.');
  const { deviceToken, bundleIdentifier } = loopSettings as { deviceToken?: unknown; bundleIdentifier?: unknown };
  if (typeof deviceToken !== 'string' || !deviceToken) throw failure('Could not find deviceToken in loopSettings.');
  if (typeof bundleIdentifier !== 'string' || !bundleIdentifier)
    throw failure('Could not find bundleIdentifier in loopSettings.');
  return { deviceToken, topic: bundleIdentifier };
}
