import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bolus, createV3Kit, type V3Kit } from './v3-kit.ts';

let kit: V3Kit;
beforeAll(async () => {
  kit = await createV3Kit();
  await kit.post('/treatments', bolus({ identifier: 'p-1' })).expect(201);
  await kit.post('/treatments', bolus({ identifier: 'p-gone' })).expect(201);
  await kit.delete('/treatments/p-gone').expect(200);
  await kit.post('/settings', bolus({ identifier: 's-1' })).expect(201);
});
afterAll(() => kit.close());

const missing = (permission: string) => ({ status: 403, message: `Missing permission ${permission}` });

describe('who is asking (rest-v3 §3)', () => {
  it.each([
    ['nothing', undefined, 'Missing or bad access token or JWT'],
    ['another scheme', 'Basic abc', 'Missing or bad access token or JWT'],
    ['Bearer alone, as AAPS begins', 'Bearer', 'Missing or bad access token or JWT'],
    ['two spaces', 'Bearer  abc', 'Missing or bad access token or JWT'],
    ['garbage', 'Bearer garbage', 'Bad access token or JWT']
  ])('%s is 401', async (_name, authorization, message) => {
    const request = kit.get('/status', null);
    if (authorization) request.set('Authorization', authorization);
    expect((await request.expect(401)).body).toEqual({ status: 401, message });
  });

  it('a raw access token is none, and neither query nor secret counts', async () => {
    await kit.get('/status', null).set('Authorization', `Bearer ${kit.tokens.all}`).expect(401);
    await kit.get(`/status?token=${kit.tokens.all}`, null).expect(401);
    await kit.get('/status', null).set('api-secret', 'b723e97aa97846eb92d5264f084b2823f57c4aa1').expect(401);
  });

  it('the scheme may be spelled in any case', () =>
    kit.get('/status', null).set('Authorization', `bEaReR ${kit.jwts.all}`).expect(200));

  it('the token of a removed subject is 401, so that AAPS asks for a new one (Q19)', async () => {
    const { admin } = kit.services.access;
    await admin.subjects.create({ name: 'leaving', roles: ['all'] });
    const subject = admin.subjects.list().find(({ name }) => name === 'leaving')!;
    const jwt = kit.services.access.grantFor(subject.accessToken)!.token;
    await kit.get('/status', null).set('Authorization', `Bearer ${jwt}`).expect(200);
    await admin.subjects.remove(subject._id);
    await kit.get('/status', null).set('Authorization', `Bearer ${jwt}`).expect(401);
  });

  it('the Date header of AAPS (epoch ms) is not looked at', () => kit.get('/status').set('Date', '1').expect(200));
});

describe('what they may (rest-v3 §3)', () => {
  it.each([
    ['get', '/treatments', 'nothing', 'api:treatments:read'],
    ['get', '/treatments?limit=x', 'nothing', 'api:treatments:read'],
    ['get', '/treatments/p-1', 'nothing', 'api:treatments:read'],
    ['get', '/treatments/nosuch', 'nothing', 'api:treatments:read'],
    ['get', '/treatments/history/x', 'nothing', 'api:treatments:read'],
    ['get', '/settings', 'reads', 'api:settings:admin'],
    ['get', '/settings/history/1000000000000', 'reads', 'api:settings:admin'],
    ['get', '/settings/s-1', 'settings', 'api:settings:read'],
    ['get', '/settings/s-1', 'settingsRead', 'api:settings:admin'],
    ['post', '/treatments', 'reads', 'api:treatments:create'],
    ['post', '/treatments', 'updates', 'api:treatments:create'],
    ['put', '/treatments/p-1', 'creates', 'api:treatments:update'],
    ['put', '/treatments/new', 'updates', 'api:treatments:create'],
    ['patch', '/treatments/p-1', 'creates', 'api:treatments:update'],
    ['patch', '/treatments/nosuch', 'creates', 'api:treatments:update'],
    ['delete', '/treatments/p-1', 'updates', 'api:treatments:delete'],
    ['delete', '/treatments/nosuch', 'updates', 'api:treatments:delete'],
    ['delete', '/treatments/p-1?permanent=true', 'updates', 'api:treatments:delete'],
    ['get', '/test', 'nothing', 'api:entries:read']
  ] as const)('%s %s as %s', async (method, path, who, permission) => {
    const request =
      method === 'get' || method === 'delete' ? kit[method](path, who) : kit[method](path, bolus({ insulin: 1 }), who);
    expect((await request.expect(403)).body).toEqual(missing(permission));
  });

  it('a POST that meets a stored document needs update, and only that', async () => {
    const sent = bolus({ identifier: 'p-1', insulin: 2 });
    expect((await kit.post('/treatments', sent, 'creates').expect(403)).body).toEqual(missing('api:treatments:update'));
    await kit.post('/treatments', sent, 'updates').expect(200);
  });

  it('PUT of a deleted document is 410 before 403', async () => {
    await kit.put('/treatments/p-gone', bolus(), 'nothing').expect(410);
  });

  it('lists of settings need admin, single ones read as well (D18)', async () => {
    await kit.get('/settings', 'settings').expect(200);
    await kit.get('/settings/s-1', 'all').expect(200);
  });

  it('there is no anonymous reader, even on an open site', async () => {
    const open = await createV3Kit({ AUTH_DEFAULT_ROLES: 'readable' });
    try {
      await open.get('/entries', null).expect(401);
    } finally {
      await open.close();
    }
  });
});
