import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startServer } from '../support/start-server.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe('what administrators are told (properties-plugins §E.8)', () => {
  it('a weak secret for good, a wrong clock, wrong credentials', async () => {
    const secret = 'password1234';
    const server = await startServer({ API_SECRET: secret, AUTH_DEFAULT_ROLES: 'denied' });
    try {
      const call = (path: string, apiSecret: string, init: RequestInit = {}) =>
        fetch(`${server.url}/api/v1/${path}`, {
          ...init,
          headers: { 'api-secret': apiSecret, 'content-type': 'application/json' }
        });
      const date = Date.now() + 3_600_000;
      const body = JSON.stringify([{ type: 'sgv', sgv: 100, date, dateString: new Date(date).toISOString(), device: 'xDrip' }]);
      await call('entries', sha1(secret), { method: 'POST', body });
      await call('entries', 'wrong');

      const { message } = (await (await call('adminnotifies', sha1(secret))).json()) as {
        message: { notifies: { title: string; persistent?: true }[]; notifyCount: number };
      };
      expect(message.notifies.map(({ title, persistent }) => [title, persistent])).toEqual([
        ['Security issue', true],
        ['Wrong clock', undefined],
        ['Failed authentication', undefined]
      ]);
      expect(message.notifyCount).toBe(3);
      expect(JSON.stringify(message)).not.toContain(secret);
    } finally {
      await server.close();
    }
  });
});
