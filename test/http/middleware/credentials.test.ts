import express, { type Request } from 'express';
import { pino } from 'pino';
import { parse } from 'qs';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorRenderer } from '../../../src/http/errors.ts';
import { bearer } from '../../../src/http/middleware/bearer.ts';
import { bodies } from '../../../src/http/middleware/body.ts';
import { authorizedOf, guard, guardAny, identify, identityOf } from '../../../src/http/middleware/credentials.ts';
import type { Services } from '../../../src/services.ts';
import { createKit, type Kit, SECRET_SHA1 } from '../../access/access-kit.ts';

const UNAUTHORIZED = { status: 401, message: 'Unauthorized', description: 'Invalid/Missing' };
const WRONG = 'f'.repeat(40);

describe('credentials of a request', () => {
  let kit: Kit;
  let token: string;
  let jwt: string;
  let securityEnable: boolean;
  let app: express.Express;
  const http = () => supertest(app);

  beforeEach(async () => {
    kit = await createKit({ delayMs: 0 });
    const subject = await kit.access.admin.subjects.create({ name: 'writer', roles: ['careportal'] });
    token = kit.access.admin.subjects.list().find(({ _id }) => _id === subject._id)!.accessToken;
    jwt = (await kit.access.request(token, '203.0.113.7'))!.token;
    securityEnable = true;
    build();
  });
  afterEach(() => kit.close());

  function build() {
    const services = { access: kit.access, config: { trustProxy: 'none', api3: { securityEnable } } } as unknown as Services;
    app = express();
    app.set('query parser', (text: string) => parse(text));
    app.use('/api/v1', bodies(services));
    app.get('/api/v1/unasked', guard('api:entries:read'));
    app.use('/api/v1', identify(services), identify(services));
    app.get('/api/v1/read', guard('api:entries:read'), (_req, res) => void res.json({ kind: identityOf(res).kind }));
    app.post(
      '/api/v1/write',
      guard('api:treatments:read', 'api:treatments:create'),
      (req: Request, res) => void res.json(req.body)
    );
    app.get('/api/v1/ack', guardAny('notifications:*:ack', 'api:treatments:create'), (_req, res) => void res.send('OK'));
    app.get('/api/v1/authorized', (req, res) => void res.json({ authorized: authorizedOf(services, req) }));
    app.get('/api/v3/who', bearer(services), (_req, res) => {
      res.json({ name: identityOf(res).subjectName ?? null });
    });
    app.use(errorRenderer(pino({ level: 'silent' })));
  }

  const read = (query: object = {}, headers: Record<string, string> = {}) => http().get('/api/v1/read').query(query).set(headers);
  const write = (body: object, query: object = {}, headers: Record<string, string> = {}) =>
    http().post('/api/v1/write').query(query).set(headers).send(body);

  it('takes the secret from query, header, body in this order; the first counts even if it is wrong', async () => {
    await read({ secret: SECRET_SHA1 }).expect(200, { kind: 'secret' });
    await read({}, { 'API-SECRET': SECRET_SHA1 }).expect(200, { kind: 'secret' });
    await read({ secret: WRONG }, { 'api-secret': SECRET_SHA1 }).expect(401, UNAUTHORIZED);
    await read({ secret: '' }, { 'api-secret': SECRET_SHA1 }).expect(200, { kind: 'secret' });
    await read({}, { 'api-secret': 'null' }).expect(200, { kind: 'anonymous' });
    await write({ secret: SECRET_SHA1, carbs: 5 }).expect(200, { carbs: 5 });
    await write([{ secret: SECRET_SHA1, carbs: 5 }, { carbs: 6 }]).expect(200, [{ carbs: 5 }, { carbs: 6 }]);
    await write({ secret: SECRET_SHA1 }, {}, { 'api-secret': WRONG }).expect(401, UNAUTHORIZED);
  });

  it('never lets a credential of the body through to be stored', async () => {
    await write({ secret: SECRET_SHA1, token, carbs: 5 }, {}, { 'api-secret': SECRET_SHA1 }).expect(200, { carbs: 5 });
    await write([{ token, carbs: 5 }]).expect(200, [{ carbs: 5 }]);
  });

  it('takes the token from the Bearer header, query, body', async () => {
    await read({}, { authorization: `Bearer ${jwt}` }).expect(200, { kind: 'subject' });
    await read({}, { authorization: `bearer ${jwt}` }).expect(200, { kind: 'subject' });
    await read({}, { authorization: 'Bearer garbage' }).expect(401, UNAUTHORIZED);
    await read({ token }, { authorization: 'Bearer garbage' }).expect(401, UNAUTHORIZED);
    await read({ token }, { authorization: 'Basic eDp5' }).expect(200, { kind: 'subject' });
    await read({}, { authorization: `Bearer ${token}` }).expect(401, UNAUTHORIZED);
    await read({ token: jwt }).expect(200, { kind: 'subject' });
    await write({ token, carbs: 5 }).expect(200, { carbs: 5 });
    await write({ carbs: 5 }).expect(401, UNAUTHORIZED);
  });

  // rest-v1-v2.md §15 rows 2–6: each of these ends the reference's process or is answered like this by it
  it.each(['secret=a&secret=b', 'secret[]=x', 'secret[a]=b', `secret=${WRONG}`])('answers ?%s with 401', async (query) => {
    await http().get(`/api/v1/read?${query}`).expect(401, UNAUTHORIZED);
  });
  it.each(['token[a]=b', 'token[]=1', 'token=garbage', 'token=a&token=b', 'token[__proto__]=x'])(
    'reads ?%s as a stranger',
    async (query) => {
      await http().get(`/api/v1/read?${query}`).expect(200, { kind: 'anonymous' });
    }
  );
  it.each([
    { secret: 1 },
    { secret: {} },
    { secret: ['x'] },
    [{ secret: { $ne: 1 } }],
    { token: 5 },
    { token: { a: 1 } },
    [null],
    [[]],
    [5]
  ])('answers the body %j with 401', async (body) => {
    await write(body).expect(401, UNAUTHORIZED);
  });

  it('lets either of two rights acknowledge (D15), and nobody pass a guard where nobody looked', async () => {
    await http().get('/api/v1/ack').expect(401, UNAUTHORIZED);
    await http().get('/api/v1/ack').query({ token }).expect(200, 'OK');
    await http().get('/api/v1/unasked').set('api-secret', SECRET_SHA1).expect(401, UNAUTHORIZED);
  });

  it('grants for status.authorized what query token or secret names (LoopFollow)', async () => {
    const named = async (query: object) => (await http().get('/api/v1/authorized').query(query)).body.authorized;
    expect(await named({ token })).toMatchObject({ sub: 'writer', permissionGroups: [['api:treatments:create'], ['*:*:read']] });
    expect(await named({ secret: token })).toMatchObject({ sub: 'writer' });
    for (const query of [{}, { token: 'x' }, { secret: SECRET_SHA1 }, { token: { a: 'b' } }])
      expect(await named(query)).toBeNull();
  });

  it('resolves once per request', async () => {
    await read({ secret: WRONG }).expect(401);
    expect(kit.heard.filter(({ name }) => name === 'auth-failed')).toHaveLength(1);
  });

  describe('v3 (rest-v3.md §3)', () => {
    const MISSING = { status: 401, message: 'Missing or bad access token or JWT' };
    const BAD = { status: 401, message: 'Bad access token or JWT' };
    const who = (headers: Record<string, string> = {}, query: object = {}) => http().get('/api/v3/who').set(headers).query(query);

    it('takes a JWT as Bearer and nothing else', async () => {
      await who({ authorization: `Bearer ${jwt}` }).expect(200, { name: 'writer' });
      await who({ authorization: `BEARER ${jwt}` }).expect(200, { name: 'writer' });
      for (const headers of [
        {},
        { 'api-secret': SECRET_SHA1 },
        { authorization: 'Bearer' },
        { authorization: `Bearer  ${jwt}` },
        { authorization: 'Basic x' }
      ]) {
        await who(headers as Record<string, string>).expect(401, MISSING);
      }
      await who({}, { token }).expect(401, MISSING);
      expect(kit.heard.some(({ name }) => name === 'auth-failed')).toBe(false);
    });

    it('refuses wrong ones, and those of a removed subject with 401, so that AAPS asks for a new one', async () => {
      for (const wrong of ['garbage', token, SECRET_SHA1, 'null'])
        await who({ authorization: `Bearer ${wrong}` }).expect(401, BAD);
      expect(kit.heard.some(({ name }) => name === 'auth-failed')).toBe(true);
      for (const { _id } of kit.access.admin.subjects.list()) await kit.access.admin.subjects.remove(_id);
      await who({ authorization: `Bearer ${jwt}` }).expect(401, BAD);
    });

    it('lets everybody in under no name while API3_SECURITY_ENABLE is off', async () => {
      securityEnable = false;
      build();
      await who().expect(200, { name: null });
      await who({ authorization: 'Bearer garbage' }).expect(200, { name: null });
    });
  });
});
