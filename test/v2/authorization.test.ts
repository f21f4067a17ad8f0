import express from 'express';
import { pino } from 'pino';
import { parse } from 'qs';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorRenderer, notFound } from '../../src/http/errors.ts';
import { bodies } from '../../src/http/middleware/body.ts';
import { verifyauth } from '../../src/http/v1/verifyauth.ts';
import { authorization } from '../../src/http/v2/authorization.ts';
import type { Services } from '../../src/services.ts';
import { createKit, type Kit, SECRET_SHA1 } from '../access/access-kit.ts';

const UNAUTHORIZED = { status: 401, message: 'Unauthorized', description: 'Invalid/Missing' };
const BASE = '/api/v2/authorization';
const HEX24 = /^[0-9a-f]{24}$/;

describe('/api/v2/authorization (auth.md §9)', () => {
  let kit: Kit;
  let app: express.Express;
  const http = () => supertest(app);
  const admin = { 'api-secret': SECRET_SHA1 };
  const created = async (path: string, body: object) =>
    (await http().post(`${BASE}/${path}`).set(admin).send(body).expect(200)).body;
  const subjects = async () => (await http().get(`${BASE}/subjects`).set(admin).expect(200)).body;

  beforeEach(async () => {
    kit = await createKit({ delayMs: 0 });
    const services = { access: kit.access, config: { trustProxy: 'none' } } as unknown as Services;
    app = express();
    app.set('query parser', (text: string) => parse(text));
    app.use('/api/v2', bodies(services), verifyauth(services), authorization(services), notFound);
    app.use(errorRenderer(pino({ level: 'silent' })));
  });
  afterEach(() => kit.close());

  describe('subjects', () => {
    it('answers a POST with the bare object, usable at once: LoopFollow derives the token by itself', async () => {
      const subject = await created('subjects', { name: 'LoopFollow', roles: ['readable'], notes: 'my phone' });
      expect(subject).toEqual({
        name: 'LoopFollow',
        roles: ['readable'],
        notes: 'my phone',
        created_at: new Date(kit.state.time).toISOString(),
        _id: expect.stringMatching(HEX24)
      });
      const [{ accessToken }] = await subjects();
      await http().get(`${BASE}/debug/check/api:entries:read`).query({ token: accessToken }).expect(200, { check: true });
    });

    it('lists four fields only, sorted by name, roles absent where there are none', async () => {
      for (const body of [
        { name: 'Phone One', roles: ['readable'], notes: 'n' },
        { name: 'Ünï-code & Longer-Than-Ten', roles: [] },
        { name: 'noroles' }
      ]) {
        await created('subjects', body);
      }
      const [_id, accessToken] = [expect.stringMatching(HEX24), expect.any(String)];
      expect(await subjects()).toEqual([
        { _id, name: 'Phone One', accessToken: expect.stringMatching(/^phoneone-[0-9a-f]{16}$/), roles: ['readable'] },
        { _id, name: 'noroles', accessToken },
        { _id, name: 'Ünï-code & Longer-Than-Ten', accessToken: expect.stringMatching(/^ncodelonge-[0-9a-f]{16}$/), roles: [] }
      ]);
      expect(Object.keys((await subjects())[0])).toEqual(['_id', 'name', 'accessToken', 'roles']);
    });

    it('keeps a created_at that was sent, and the misspelt role of nightscout-connect', async () => {
      const body = { name: 'nightscout-connect-reader', role: ['readable'], created_at: '2024-01-01T00:00:00.000Z' };
      expect(await created('subjects', body)).toEqual({ ...body, _id: expect.stringMatching(HEX24) });
    });

    it('takes forms with brackets, as ioBroker and the admin page send them', async () => {
      const form = 'name=phantomjs&roles%5B%5D=readable&roles%5B%5D=careportal&notes=';
      const { body } = await http().post(`${BASE}/subjects`).set(admin).type('form').send(form).expect(200);
      expect(body).toMatchObject({ name: 'phantomjs', roles: ['readable', 'careportal'], notes: '' });
      const many = Array.from({ length: 30 }, (_, i) => `permissions[${i}]=api:food:read`).join('&');
      const role = await http().post(`${BASE}/roles`).set(admin).type('form').send(`name=many&${many}`).expect(200);
      expect(role.body.permissions).toHaveLength(30);
    });

    it('replaces by _id, or inserts', async () => {
      const { _id } = await created('subjects', { name: 'Phone One', roles: ['readable'], notes: 'n' });
      const next = { _id, name: 'Phone Two', roles: ['careportal'], created_at: '2024-01-01T00:00:00.000Z' };
      await http().put(`${BASE}/subjects`).set(admin).send(next).expect(200, next);
      const fresh = { _id: '65A1B2C3D4E5F60718293AFF', name: 'Fresh', roles: ['admin'] };
      const { body } = await http().put(`${BASE}/subjects`).set(admin).send(fresh).expect(200);
      expect(body).toEqual({ ...fresh, _id: fresh._id.toLowerCase(), created_at: new Date(kit.state.time).toISOString() });
      expect((await subjects()).map(({ name }: { name: string }) => name)).toEqual(['Fresh', 'Phone Two']);
    });

    it('does not store a token that an administrator’s page sends back', async () => {
      const { _id } = await created('subjects', { name: 'a' });
      const [listed] = await subjects();
      await http().put(`${BASE}/subjects`).set(admin).send(listed).expect(200);
      const stored = await kit.storage.candidates('subjects', [{ _id }]);
      expect(JSON.stringify(stored)).not.toContain(listed.accessToken);
    });

    it.each([
      [{ name: 'no id' }, 'Missing _id for update'],
      [{ _id: '', name: 'x' }, 'Missing _id for update'],
      [[], 'Missing _id for update'],
      [{ _id: 'bad', name: 'x' }, 'Invalid _id format: bad'],
      [{ _id: { $ne: 1 }, name: 'x' }, 'Invalid _id format: object']
    ])('answers PUT %j as the reference', async (body, description) => {
      await http()
        .put(`${BASE}/subjects`)
        .set(admin)
        .send(body)
        .expect(500, { status: 500, message: 'Mongo Error', description });
      await http().put(`${BASE}/roles`).set(admin).send(body).expect(500, { status: 500, message: 'Mongo Error', description });
    });

    it('removes, also what is gone already', async () => {
      const { _id } = await created('subjects', { name: 'a' });
      await http().delete(`${BASE}/subjects/${_id}`).set(admin).expect(200, {});
      await http().delete(`${BASE}/subjects/${_id}`).set(admin).expect(200, {});
      expect(await subjects()).toEqual([]);
      await http().delete(`${BASE}/subjects/bad`).set(admin).expect(400);
      await http().delete(`${BASE}/roles/bad`).set(admin).expect(400);
    });

    it.each([
      ['without a name (reference: process dies, at every start again)', { roles: ['readable'] }],
      ['with an empty name', { name: ' ' }],
      ['with a name that is no text', { name: 5 }],
      ['with roles that are no list', { name: 'x', roles: 5 }],
      ['with roles that are no texts', { name: 'x', roles: [{ a: 1 }] }],
      ['with an operator inside', { name: 'x', notes: { $gt: 1 } }],
      ['with an _id that is none', { name: 'x', _id: 'bad' }],
      ['with an expiry that is no date', { name: 'x', expires: 'soon' }],
      ['that is a list', [{ name: 'x' }]],
      ['that is empty', {}]
    ])('refuses a subject %s', async (_what, body) => {
      const { body: answer } = await http().post(`${BASE}/subjects`).set(admin).send(body).expect(400);
      expect(answer).toEqual({ status: 400, message: expect.any(String), description: expect.any(String) });
      expect(await subjects()).toEqual([]);
    });

    it('does not overwrite a subject by POST', async () => {
      const { _id } = await created('subjects', { name: 'a', roles: ['admin'] });
      await http().post(`${BASE}/subjects`).set(admin).send({ _id, name: 'b' }).expect(409);
      expect((await subjects()).map(({ name }: { name: string }) => name)).toEqual(['a']);
    });

    it('keeps parallel writes apart', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => created('subjects', { name: `s${i}` })));
      const listed = await subjects();
      expect(new Set(listed.map(({ _id }: { _id: string }) => _id)).size).toBe(20);
    });
  });

  it('lists stored and built-in roles, a stored one hiding its namesake until it is deleted', async () => {
    const uploader = await created('roles', { name: 'uploader', permissions: ['api:entries:create'], notes: 'n' });
    const readable = await created('roles', { name: 'readable', permissions: ['api:food:read'] });
    const roles = async () => (await http().get(`${BASE}/roles`).set(admin).expect(200)).body;
    const builtIn = [
      { name: 'activity', permissions: ['api:activity:create'] },
      { name: 'admin', permissions: ['*'] },
      { name: 'careportal', permissions: ['api:treatments:create'] },
      { name: 'denied', permissions: [] },
      { name: 'devicestatus-upload', permissions: ['api:devicestatus:create'] }
    ];
    const status = { name: 'status-only', permissions: ['api:status:read'] };
    expect(await roles()).toEqual([...builtIn, readable, status, uploader]);
    await http().delete(`${BASE}/roles/${readable._id}`).set(admin).expect(200, {});
    expect(await roles()).toEqual([...builtIn, { name: 'readable', permissions: ['*:*:read'] }, status, uploader]);
  });

  it.each([
    ['get', 'roles'],
    ['get', 'subjects'],
    ['get', 'permissions'],
    ['get', 'permissions/trie'],
    ['post', 'roles'],
    ['post', 'subjects'],
    ['put', 'roles'],
    ['put', 'subjects'],
    ['delete', 'subjects/65a1b2c3d4e5f60718293aff'],
    ['delete', 'roles/65a1b2c3d4e5f60718293aff'],
    ['get', 'debug/check/api:entries:create']
  ] as const)('%s %s needs its right', async (method, path) => {
    await http()[method](`${BASE}/${path}`).send({ name: 'x' }).expect(401, UNAUTHORIZED);
    await http()[method](`${BASE}/${path}`).set('api-secret', 'wrong').send({ name: 'x' }).expect(401, UNAUTHORIZED);
  });

  it('asks for list, not read, to list roles', async () => {
    await created('roles', { name: 'lister', permissions: ['admin:api:roles:list'] });
    await created('subjects', { name: 'lister', roles: ['lister'] });
    const [{ accessToken }] = await subjects();
    await http().get(`${BASE}/roles`).query({ token: accessToken }).expect(200);
    await http().get(`${BASE}/subjects`).query({ token: accessToken }).expect(401, UNAUTHORIZED);
  });

  it('exchanges a token for a JWT that works, in every form of it (AAPS, oref0, the web page)', async () => {
    await created('subjects', { name: 'test-admin', roles: ['admin'] });
    const [{ accessToken }] = await subjects();
    const { body } = await http().get(`${BASE}/request/${accessToken}`).expect(200);
    const iat = kit.state.time / 1000;
    expect(body).toEqual({
      token: expect.any(String),
      sub: 'test-admin',
      permissionGroups: [['*'], ['*:*:read']],
      iat,
      exp: iat + 28_800
    });
    for (const form of [`token=${accessToken}`, body.token, `token=${body.token}`, accessToken.split('-')[1]]) {
      await http().get(`${BASE}/request/${form}`).expect(200);
    }
    await http().get(`${BASE}/subjects`).set('Authorization', `Bearer ${body.token}`).expect(200);
    for (const wrong of ['foo', SECRET_SHA1, 'a.b.c', 'null'])
      await http().get(`${BASE}/request/${wrong}`).expect(401, UNAUTHORIZED);
    await http().get(`${BASE}/request/`).expect(404);
  });

  it('knows the 37 permissions of the v1 and v2 routes', async () => {
    const { body } = await http().get(`${BASE}/permissions`).set(admin).expect(200);
    expect(body).toHaveLength(37);
    expect(body).toEqual([...new Set(body)].sort());
    expect(body).toEqual(
      expect.arrayContaining(['admin:api:roles:list', 'api:pebble,entries:read', 'api:*:read', 'notifications:loop:push'])
    );
    const { body: trie } = await http().get(`${BASE}/permissions/trie`).set(admin).expect(200);
    expect(Object.keys(trie)).toEqual(['data']);
    expect(trie.data.notifications).toEqual({ '*': { ack: { '*': {} } }, loop: { push: { '*': {} } } });
    expect(trie.data.api.pebble).toEqual({ read: { '*': {} } });
  });

  it('checks a permission', async () => {
    await http().get(`${BASE}/debug/check/api:entries:read`).expect(200, { check: true });
    await http().get(`${BASE}/debug/check/admin:api:subjects:read`).set(admin).expect(200, { check: true });
    await http().get(`${BASE}/nosuch`).set(admin).expect(404);
  });

  it('tells /verifyauth always with 200', async () => {
    const message = {
      canRead: true,
      canWrite: false,
      isAdmin: false,
      message: 'UNAUTHORIZED',
      rolefound: 'NOTFOUND',
      permissions: 'DEFAULT'
    };
    await http().get('/api/v2/verifyauth').expect(200, { status: 200, message });
    await http().get('/api/v2/verifyauth?token[a]=b').expect(200, { status: 200, message });
    const wrong = { ...message, canRead: false, permissions: 'ROLE' };
    await http().get('/api/v2/verifyauth?secret[]=x').expect(200, { status: 200, message: wrong });
    const secret = { canRead: true, canWrite: true, isAdmin: true, message: 'OK', rolefound: 'NOTFOUND', permissions: 'ROLE' };
    await http().get('/api/v2/verifyauth').set(admin).expect(200, { status: 200, message: secret });
  });
});
