import { createHmac } from 'node:crypto';
import type { IntegrationSettings } from '../config/integrations.ts';
import type { Call } from './call.ts';
import type { Provider } from './provider.ts';

/**
 * A receiver of one's own: every message and all-clear as JSON. `X-Vigil-Signature: sha256=<hex>` is the HMAC of the body with
 * WEBHOOK_SECRET; `X-Vigil-Delivery` stays the same when a delivery is repeated, so a receiver can drop what it has.
 */
export function createWebhook({ url, secret }: NonNullable<IntegrationSettings['webhook']>, call: Call): Provider {
  return {
    name: 'Webhook',
    wants: () => true,
    parts: () => ['receiver'],
    async send({ key: _, ...message }, _part, id) {
      const body = JSON.stringify({ id, ...message });
      await call(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-vigil-event': message.event,
          'x-vigil-delivery': id,
          ...(secret && { 'x-vigil-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` })
        },
        body
      });
    }
  };
}
