import { createHash } from 'node:crypto';
import type { MakerSettings } from '../config/integrations.ts';
import { below, type Call } from './call.ts';
import { DeliveryFailure, levelWord, type Outgoing, type Provider } from './provider.ts';

/** IFTTT hears of an all-clear this often at most, ms. */
const ALL_CLEAR_MS = 30 * 60_000;

/** IFTTT webhooks (properties-plugins §F): every message is three events, from general to particular. */
export function createMaker({ keys, announcementKeys, url }: MakerSettings, call: Call): Provider {
  const byPart = new Map([...keys, ...announcementKeys].map((key) => [partOf(key), key]));
  const keysFor = (message: Outgoing): readonly string[] => (message.isAnnouncement ? announcementKeys : keys);

  return {
    name: 'IFTTT',
    wants: (message) => keysFor(message).length > 0,
    parts: (message) => keysFor(message).flatMap((key) => eventsOf(message).map((event) => `${partOf(key)} ${event}`)),
    holdMs: ({ event }) => (event === 'clear_alarm' ? ALL_CLEAR_MS : 15 * 60_000),
    async send(message, part) {
      const [name = '', ...event] = part.split(' ');
      const key = byPart.get(name);
      if (key === undefined) throw new DeliveryFailure('the recipient is no longer set up', { permanent: true });
      const values = new URLSearchParams({ value1: message.title, value2: `\n${message.message}` });
      if (message.event === 'clear_alarm') values.set('value3', `\n${Math.round(message.at / 60_000)}`);
      const path = `trigger/${encodeURIComponent(event.join(' '))}/with/key/${encodeURIComponent(key)}`;
      await call(`${below(url, path)}?${values}`, { method: 'GET' });
    }
  };
}

function eventsOf({ event, level, eventName, plugin }: Outgoing): string[] {
  if (event === 'clear_alarm') return ['ns-allclear'];
  const word = levelWord(level);
  return ['ns-event', `ns-${word}`, `ns-${word}-${eventName ?? plugin}`];
}

const partOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 12);
