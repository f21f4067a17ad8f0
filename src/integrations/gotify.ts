import type { IntegrationSettings } from '../config/integrations.ts';
import { below, type Call } from './call.ts';
import type { Provider } from './provider.ts';

/** How loud, 0 to 10; the app makes a sound from 4 and insists from 8. */
const PRIORITY: Readonly<Record<number, number>> = { 2: 10, 1: 8 };

/** Gotify, one application. */
export function createGotify({ url, token }: NonNullable<IntegrationSettings['gotify']>, call: Call): Provider {
  return {
    name: 'Gotify',
    wants: ({ event }) => event !== 'clear_alarm',
    parts: () => ['application'],
    async send({ title, message, level, isAnnouncement }) {
      await call(below(url, 'message'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-gotify-key': token },
        body: JSON.stringify({ title, message, priority: PRIORITY[level] ?? (isAnnouncement ? 8 : 5) })
      });
    }
  };
}
