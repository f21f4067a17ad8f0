import { createHash } from 'node:crypto';
import type { PushoverSettings } from '../config/integrations.ts';
import { below, type Call } from './call.ts';
import { DeliveryFailure, isAlarm, type Outgoing, type Provider } from './provider.ts';
import type { Receipts } from './receipts.ts';

/** How long an emergency message rings, s. */
const EXPIRE = 900;
/** How often it rings, s. */
const RETRY = { urgent: 120, warning: 900 };

/**
 * Pushover (properties-plugins §F). Alarms are emergency messages, which ring until they are acknowledged; an all-clear calls off
 * what rings in its group.
 * @param baseUrl where people see this site, for the callback of an acknowledgement; empty: none
 */
export function createPushover(settings: PushoverSettings, baseUrl: string, receipts: Receipts, call: Call): Provider {
  const { apiToken, url, userKeys, alarmKeys, announcementKeys } = settings;
  const byPart = new Map([...userKeys, ...alarmKeys, ...announcementKeys].map((key) => [partOf(key), key]));

  async function post(path: string, fields: Record<string, string | number | undefined>): Promise<unknown> {
    const body = new URLSearchParams({ token: apiToken });
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) body.set(name, String(value));
    const text = await call(below(url, path), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString()
    });
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  function keysFor(message: Outgoing): readonly string[] {
    if (message.isAnnouncement) return announcementKeys;
    return isAlarm(message) ? alarmKeys : userKeys;
  }

  async function callOff({ group, at }: Outgoing): Promise<void> {
    for (const known of receipts.ringing(group, at)) {
      try {
        await post(`1/receipts/${encodeURIComponent(known.receipt)}/cancel.json`, {});
      } catch (error) {
        // one that Pushover no longer knows must not keep the others ringing
        if (!(error instanceof DeliveryFailure) || !error.permanent) throw error;
      }
      known.closed = true;
    }
  }

  return {
    name: 'Pushover',
    wants: (message) => message.event === 'clear_alarm' || keysFor(message).length > 0,
    parts: (message) => (message.event === 'clear_alarm' ? ['call off'] : keysFor(message).map(partOf)),
    async send(message, part) {
      if (message.event === 'clear_alarm') return callOff(message);
      const user = byPart.get(part);
      if (user === undefined) throw new DeliveryFailure('the recipient is no longer set up', { permanent: true });
      const rings = message.level >= 1;
      const answer = await post('1/messages.json', {
        user,
        title: message.title,
        message: message.message,
        sound: message.sound ?? 'gamelan',
        timestamp: Math.floor((message.timestamp ?? message.at) / 1000),
        priority: rings ? 2 : 0,
        ...(rings && {
          expire: EXPIRE,
          retry: message.level === 2 ? RETRY.urgent : RETRY.warning,
          callback: baseUrl ? below(baseUrl, 'api/v1/notifications/pushovercallback') : undefined
        })
      });
      const receipt = (answer as { receipt?: unknown } | null | undefined)?.receipt;
      if (typeof receipt === 'string' && receipt) receipts.add(receipt, message);
    }
  };
}

/** Names a recipient without telling the key. */
const partOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 12);
