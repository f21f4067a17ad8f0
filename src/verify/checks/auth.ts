import * as z from 'zod';
import { type Check, must, Skipped } from '../check.ts';
import { fits } from '../probe.ts';

const GRANT = z.looseObject({
  token: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'no JWT'),
  sub: z.string(),
  permissionGroups: z.array(z.array(z.string())),
  iat: z.number(),
  exp: z.number().max(1e11, 'milliseconds instead of seconds')
});

/** Who comes in. */
export const AUTH_CHECKS: readonly Check[] = [
  {
    id: 'auth-accepted',
    title: 'the credentials given are accepted',
    apps: ['Loop', 'Trio', 'AAPS', 'xDrip+', 'xDrip4iOS', 'LoopFollow', 'nightguard'],
    needs: [],
    async run(probe) {
      if (!probe.visit.secretSha1 && !probe.visit.token) throw new Skipped('needs --token or --secret');
      const answer = await probe.get('/api/v1/verifyauth');
      const { message } = fits(answer.json(), z.looseObject({ message: z.looseObject({ message: z.string() }) }), 'verifyauth');
      must(message.message === 'OK', 'the site does not know the secret or token');
    }
  },
  {
    id: 'auth-test',
    title: 'the connection test of Loop and xDrip4iOS succeeds (experiments/test)',
    apps: ['Loop', 'xDrip4iOS'],
    needs: ['admin'],
    async run(probe) {
      const { status, asked } = await probe.get('/api/v1/experiments/test');
      must(status === 200, `${asked} answered ${status}; 200 is the only success`);
    }
  },
  {
    id: 'auth-stranger',
    title: 'a missing right is 401 on v1, the only status apps explain',
    apps: ['Loop', 'xDrip4iOS', 'nightguard', 'LoopFollow'],
    needs: [],
    async run(probe) {
      const { status, asked } = await probe.get('/api/v1/experiments/test', { as: 'stranger' });
      if (status === 200) return probe.remark('everybody is an administrator of this site');
      must(status === 401, `${asked} answered a stranger with ${status} instead of 401`);
    }
  },
  {
    id: 'auth-stranger-v3',
    title: 'v3 asks strangers for a token (401), so that AAPS fetches one',
    apps: ['AAPS'],
    needs: [],
    async run(probe) {
      const { status, asked } = await probe.get('/api/v3/entries?limit=1', { as: 'stranger' });
      if (status === 200) return probe.remark('v3 answers everybody (API3_SECURITY_ENABLE is off)');
      must(status === 401, `${asked} answered a stranger with ${status} instead of 401`);
    }
  },
  {
    id: 'auth-exchange',
    title: 'an access token is exchanged for a JWT with its times in seconds',
    apps: ['AAPS'],
    needs: ['token'],
    async run(probe) {
      const answer = await probe.get(`/api/v2/authorization/request/${probe.visit.token}`, { as: 'stranger' });
      must(answer.status === 200, `the exchange answered ${answer.status}`);
      const { exp } = fits(answer.json(), GRANT, 'the exchange of the token');
      must(exp * 1000 > probe.visit.now(), 'the exchange of the token: exp has passed already');
    }
  },
  {
    id: 'auth-token-query',
    title: 'an access token in the query lets in, whatever stands behind it',
    apps: ['nightguard', 'LoopFollow', 'xDrip4iOS'],
    needs: ['token'],
    async run(probe) {
      const path = `/api/v1/entries.json?token=${probe.visit.token}&count=1`;
      const { status, asked } = await probe.get(path, { as: 'stranger' });
      must(status === 200, `${asked} answered ${status} with the token in the query`);
    }
  },
  {
    id: 'auth-token-header',
    title: 'the hash of an access token is taken in place of the secret, as uploaders send it',
    apps: ['Loop', 'Trio', 'xDrip+', 'xDrip4iOS'],
    needs: ['token'],
    async run(probe) {
      const { sha1 } = await import('../../access/digest.ts');
      const headers = { 'api-secret': sha1(probe.visit.token ?? '') };
      const { status, asked } = await probe.get('/api/v1/entries.json?count=1', { as: 'stranger', headers });
      must(status === 200, `${asked} answered ${status} with the hash of the token as api-secret`);
    }
  },
  {
    id: 'auth-status-authorized',
    title: 'status.json tells who comes with a token what it may',
    apps: ['LoopFollow'],
    needs: ['token'],
    async run(probe) {
      const answer = await probe.get(`/api/v1/status.json?token=${probe.visit.token}`, { as: 'stranger' });
      must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
      fits(answer.json(), z.looseObject({ authorized: GRANT }), 'status.json');
    }
  }
];

/** Wrong guesses are slowed, and with them what comes after from the same address: they are made last, and are two. */
export const GUESSES: readonly Check[] = [
  {
    id: 'auth-wrong-secret',
    title: 'a wrong secret is 401',
    apps: ['Loop', 'Trio', 'xDrip+', 'xDrip4iOS'],
    needs: [],
    async run(probe) {
      const headers = { 'api-secret': 'f'.repeat(40) };
      const { status, asked } = await probe.get('/api/v1/experiments/test', { as: 'stranger', headers });
      must(status === 401, `${asked} answered ${status} to a wrong secret`);
    }
  },
  {
    id: 'auth-wrong-token',
    title: 'a wrong access token is not exchanged (401)',
    apps: ['AAPS', 'LoopFollow', 'nightguard'],
    needs: [],
    async run(probe) {
      const path = '/api/v2/authorization/request/verify-0000000000000000';
      const { status } = await probe.get(path, { as: 'stranger' });
      must(status === 401 || status === 403, `the exchange of a wrong token answered ${status}`);
    }
  }
];
