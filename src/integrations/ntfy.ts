import type { IntegrationSettings } from '../config/integrations.ts';
import type { Call } from './call.ts';
import type { Provider } from './provider.ts';

/** How loud, 1 to 5. */
const PRIORITY: Readonly<Record<number, number>> = { 2: 5, 1: 4 };
/** ntfy makes an attachment of what is longer, bytes. */
const LONGEST = 4000;

/** ntfy, one topic. The message goes as JSON to the root of the server: headers could not carry every letter of a title. */
export function createNtfy({ url, token }: NonNullable<IntegrationSettings['ntfy']>, call: Call): Provider {
  const address = new URL(url);
  const path = address.pathname.replace(/\/+$/, '');
  const topic = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
  address.pathname = path.slice(0, path.lastIndexOf('/') + 1);

  return {
    name: 'ntfy',
    wants: ({ event }) => event !== 'clear_alarm',
    parts: () => ['topic'],
    async send({ title, message, level, isAnnouncement }) {
      await call(address.href, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({
          topic,
          title,
          message: message.slice(0, LONGEST / 4),
          priority: PRIORITY[level] ?? (isAnnouncement ? 4 : 3)
        })
      });
    }
  };
}
