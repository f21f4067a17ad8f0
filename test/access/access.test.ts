import { createHash } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { verifyAuth } from '../../src/access/verifyauth.ts';
import type { Doc } from '../../src/storage/port.ts';
import { ADDRESS, createKit, type Kit, SECRET, SECRET_SHA1, settle } from './access-kit.ts';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

describe('access', () => {
  let kit: Kit;
  const resolve = (credentials: object, address = ADDRESS) => kit.access.resolve(credentials, address);
  const tokenOf = (name: string) => kit.access.admin.subjects.list().find((one) => one.name === name)!.accessToken;
  const jwtOf = async (name: string) => (await kit.access.request(tokenOf(name), ADDRESS))!.token;
  const store = async (collection: 'subjects' | 'roles', ...docs: (Doc & { _id: string })[]) =>
    kit.storage.apply(docs.map((doc) => ({ op: 'insert', collection, doc })));

  beforeEach(async () => {
    kit = await createKit();
    await kit.access.admin.subjects.create({ name: 'reader', roles: ['readable'] });
    await kit.access.admin.subjects.create({ name: 'boss', roles: ['admin'] });
  });
  afterEach(() => kit.close());

  describe('resolution (auth.md §5)', () => {
    const WRONG = 'f'.repeat(40);

    it.each([
      ['nothing', () => ({}), 'anonymous'],
      ['the word null, as the web page sends it', () => ({ secret: 'null' }), 'anonymous'],
      ['nulls, as sockets send them', () => ({ secret: null, bearer: null, token: null }), 'anonymous'],
      ['the secret', () => ({ secret: SECRET_SHA1 }), 'secret'],
      ['the secret and a bad JWT', () => ({ secret: SECRET_SHA1, bearer: 'x' }), 'secret'],
      ['the plain secret', () => ({ secret: SECRET }), 'failed'],
      ['a wrong secret', () => ({ secret: WRONG }), 'failed'],
      ['a secret that is a list', () => ({ secret: [SECRET_SHA1, SECRET_SHA1] }), 'failed'],
      ['a secret that is an object', () => ({ secret: { $ne: 1 } }), 'failed'],
      ['a secret that is a number', () => ({ secret: 5 }), 'failed'],
      ['an access token as secret', () => ({ secret: tokenOf('reader') }), 'subject'],
      ['its SHA-1 as secret: xDrip+ hashes what was entered', () => ({ secret: sha1(tokenOf('reader')) }), 'subject'],
      ['a JWT as secret', async () => ({ secret: await jwtOf('reader') }), 'failed'],
      ['a JWT', async () => ({ bearer: await jwtOf('reader') }), 'subject'],
      ['a bad JWT', () => ({ bearer: 'a.b.c' }), 'failed'],
      ['a JWT that is an object', () => ({ bearer: { a: 1 } }), 'failed'],
      ['an access token as JWT', () => ({ bearer: tokenOf('reader') }), 'failed'],
      ['a bad JWT and a good token', () => ({ bearer: 'x', token: tokenOf('reader') }), 'failed'],
      ['a wrong secret and a good JWT', async () => ({ secret: WRONG, bearer: await jwtOf('reader') }), 'subject'],
      ['a wrong secret and a good token', () => ({ secret: WRONG, token: tokenOf('reader') }), 'subject'],
      ['a wrong secret and a wrong token', () => ({ secret: WRONG, token: 'x' }), 'failed'],
      ['an access token', () => ({ token: tokenOf('reader') }), 'subject'],
      ['a JWT as token', async () => ({ token: await jwtOf('reader') }), 'subject'],
      ['a wrong token', () => ({ token: 'reader-0123456789abcdef' }), 'anonymous'],
      ['a token that is an object', () => ({ token: { a: 'b' } }), 'anonymous'],
      ['a token that is a number', () => ({ token: 5 }), 'anonymous'],
      ['a repeated token, one of them right', () => ({ token: ['x', tokenOf('reader')] }), 'subject']
    ])('%s', async (_what, credentials, kind) => {
      expect((await resolve(await credentials())).kind).toBe(kind);
    });

    it('gives a subject its roles and the default ones, the secret everything, a failure nothing', async () => {
      const reader = await resolve({ token: tokenOf('reader') });
      expect([reader.subjectName, reader.may('api:entries:read'), reader.may('api:entries:create')]).toEqual([
        'reader',
        true,
        false
      ]);
      expect((await resolve({ secret: SECRET_SHA1 })).may('admin:api:subjects:read')).toBe(true);
      const failed = await resolve({ secret: WRONG });
      expect([failed.may('api:entries:read'), failed.may('api:status:read')]).toEqual([false, false]);
      expect((await resolve({})).may('api:entries:read')).toBe(true);
    });

    it('fails for a JWT of a removed subject instead of ending (reference: process dies)', async () => {
      const token = await jwtOf('reader');
      await kit.access.admin.subjects.remove(kit.access.admin.subjects.list().find(({ name }) => name === 'reader')!._id);
      expect((await resolve({ bearer: token })).kind).toBe('failed');
      expect((await resolve({ token })).kind).toBe('anonymous');
      expect(await kit.access.request(token, ADDRESS)).toBeUndefined();
    });

    it('refuses a JWT of another server', async () => {
      const token = jsonwebtoken.sign({ accessToken: tokenOf('boss') }, 'another key');
      expect((await resolve({ bearer: token })).kind).toBe('failed');
    });
  });

  describe('verifyauth (auth.md §9)', () => {
    const row = async (credentials: object) => Object.values(verifyAuth(await resolve(credentials)));

    it('tells what the reference tells', async () => {
      expect(await row({})).toEqual([true, false, false, 'UNAUTHORIZED', 'NOTFOUND', 'DEFAULT']);
      expect(await row({ secret: SECRET_SHA1 })).toEqual([true, true, true, 'OK', 'NOTFOUND', 'ROLE']);
      expect(await row({ token: tokenOf('boss') })).toEqual([true, true, true, 'OK', 'FOUND', 'ROLE']);
      expect(await row({ token: tokenOf('reader') })).toEqual([true, false, false, 'OK', 'FOUND', 'ROLE']);
      expect(await row({ secret: 'wrong' })).toEqual([false, false, false, 'UNAUTHORIZED', 'NOTFOUND', 'ROLE']);
    });

    it('finds a subject without rights on a closed site', async () => {
      const closed = await createKit({ defaultRoles: ['denied'] });
      await closed.access.admin.subjects.create({ name: 'ghost', roles: ['nosuchrole'] });
      const token = closed.access.admin.subjects.list()[0]!.accessToken;
      expect(Object.values(verifyAuth(await closed.access.resolve({ token }, ADDRESS)))).toEqual([
        false,
        false,
        false,
        'UNAUTHORIZED',
        'FOUND',
        'ROLE'
      ]);
      expect(Object.values(verifyAuth(await closed.access.resolve({}, ADDRESS)))).toEqual([
        false,
        false,
        false,
        'UNAUTHORIZED',
        'NOTFOUND',
        'DEFAULT'
      ]);
      await closed.close();
    });
  });

  describe('changes act at once', () => {
    it('on identities and JWTs already handed out', async () => {
      const { _id } = kit.access.admin.subjects.list().find(({ name }) => name === 'reader')!;
      const holder = await resolve({ bearer: await jwtOf('reader') });
      const jwt = await jwtOf('reader');
      await kit.access.admin.subjects.update({ _id, name: 'renamed', roles: ['admin'] });
      expect(holder.may('api:entries:create')).toBe(true);
      expect((await resolve({ bearer: jwt })).subjectName).toBe('renamed');
      await kit.access.admin.subjects.remove(_id);
      expect(holder.may('api:entries:read')).toBe(false);
      expect(kit.heard.filter(({ name }) => name === 'access-changed').length).toBeGreaterThanOrEqual(2);
    });

    it('on default roles, when a stored role replaces a built-in one and goes again', async () => {
      const anonymous = await resolve({});
      const { _id } = await kit.access.admin.roles.create({ name: 'readable', permissions: ['api:food:read'] });
      expect([anonymous.may('api:entries:read'), anonymous.may('api:food:read')]).toEqual([false, true]);
      await kit.access.admin.roles.remove(String(_id));
      expect(anonymous.may('api:entries:read')).toBe(true);
    });

    it('ends a token at its expiry', async () => {
      const expires = new Date(kit.state.time + 60_000).toISOString();
      await kit.access.admin.subjects.create({ name: 'guest', roles: ['admin'], expires });
      const guest = await resolve({ token: tokenOf('guest') });
      expect(guest.may('api:food:create')).toBe(true);
      kit.state.time += 60_000;
      expect(guest.may('api:food:create')).toBe(false);
      expect((await resolve({ token: tokenOf('guest') })).kind).toBe('anonymous');
    });
  });

  describe('wrong guesses (D16)', () => {
    it('answers the first at once, holds the next of that address, tells administrators', async () => {
      await resolve({ secret: 'wrong' });
      expect(kit.state.slept).toEqual([]);
      await resolve({ token: tokenOf('boss') }, '198.51.100.1');
      expect(kit.state.slept).toEqual([]);
      await resolve({ token: tokenOf('boss') });
      expect(kit.state.slept).toEqual([5000]);
      expect(kit.heard).toContainEqual({ name: 'auth-failed', event: { address: ADDRESS, at: kit.state.time - 5000 } });
      const notice = kit.heard.find(({ name }) => name === 'admin-notify')?.event;
      expect(notice).toMatchObject({ title: 'Failed authentication', message: expect.stringContaining(ADDRESS) });
    });

    it.each([
      ['a JWT exchange', () => kit.access.request('reader-0123456789abcdef', ADDRESS)],
      ['a socket’s access token', () => kit.access.byAccessToken('reader-0123456789abcdef', ADDRESS)],
      ['a Bearer header', () => resolve({ bearer: 'a.b.c' })],
      ['a token in a query', () => resolve({ token: 'reader-0123456789abcdef' })]
    ])('slows %s', async (_door, guess) => {
      await guess();
      await resolve({ token: tokenOf('boss') });
      expect(kit.state.slept).toEqual([5000]);
    });

    it('holds nobody who guesses nothing: followers of a public site behind the address of an app with an old secret', async () => {
      await resolve({ secret: 'wrong' });
      expect((await resolve({})).kind).toBe('anonymous');
      expect(kit.state.slept).toEqual([]);
    });

    it('holds nobody whose credentials worked from that address before: a family behind one address', async () => {
      const phone = [{ secret: SECRET_SHA1 }, { token: tokenOf('reader') }, { bearer: await jwtOf('boss') }];
      for (const good of phone) await resolve(good);
      kit.state.frozen = true;
      for (const good of phone) {
        for (let n = 0; n < 20; n++) void resolve({ secret: 'old secret' });
        await settle();
        kit.state.slept.length = 0;
        await resolve(good);
        expect(kit.state.slept).toEqual([]);
      }
      // beside one that works another one could be guessed
      await resolve({ secret: 'wrong' });
      await resolve({ secret: 'guess', token: tokenOf('reader') });
      expect(kit.state.slept).toHaveLength(1);
    });

    it('refuses an address that tried 30 different ones in a minute, but for who signed in from there before', async () => {
      const many = await createKit({ delayMs: 0, wrongCredentials: 30 });
      const ask = (secret: string, address = ADDRESS) => many.access.resolve({ secret }, address);
      await many.access.admin.subjects.create({ name: 'late', roles: ['admin'] });
      await ask(SECRET_SHA1);
      for (let n = 0; n < 100; n++) expect((await ask('an old secret')).kind).toBe('failed');
      for (let n = 1; n < 30; n++) expect((await ask(`guess ${n}`)).kind).toBe('failed');
      many.state.time += 20_000;
      await expect(ask('guess 30')).rejects.toMatchObject({ code: 'too-many', retryAfter: 40 });
      const token = many.access.admin.subjects.list()[0]!.accessToken;
      await expect(many.access.request(token, ADDRESS)).rejects.toMatchObject({ code: 'too-many' });
      await expect(many.access.byAccessToken(token, ADDRESS)).rejects.toMatchObject({ code: 'too-many' });
      expect((await ask(SECRET_SHA1)).kind).toBe('secret');
      expect((await many.access.resolve({}, ADDRESS)).kind).toBe('anonymous');
      expect((await ask('guess 30', '203.0.113.8')).kind).toBe('failed');
      many.state.time += 40_000;
      expect((await many.access.request(token, ADDRESS))?.sub).toBe('late');
      await many.close();
    });

    it('does not slow an app that repeats its outdated token on a public site', async () => {
      for (let i = 0; i < 5; i++) await resolve({ token: 'reader-0123456789abcdef' });
      expect(kit.state.slept).toEqual([5000]);
    });

    it('is over after a success with a secret or token, not after an anonymous request', async () => {
      kit.state.frozen = true;
      for (const good of [{ secret: SECRET_SHA1 }, { token: tokenOf('reader') }, { secret: tokenOf('boss') }]) {
        await resolve({ secret: 'wrong' });
        kit.state.slept.length = 0;
        await resolve({});
        await resolve(good);
        expect(kit.state.slept).toEqual([5000]);
        await resolve({ secret: 'wrong' });
        expect(kit.state.slept).toHaveLength(1);
        await resolve(good);
      }
    });
  });

  describe('access tokens of sockets', () => {
    it.each([
      ['the token', () => tokenOf('reader'), 'reader'],
      ['its SHA-1', () => sha1(tokenOf('reader')), 'reader'],
      ['a JWT', () => jwtOf('reader'), undefined],
      ['the secret', () => SECRET_SHA1, undefined],
      ['a number (reference: process dies)', () => 12345, undefined],
      ['an object', () => ({}), undefined],
      ['nothing', () => undefined, undefined]
    ])('%s', async (_what, token, name) => {
      expect((await kit.access.byAccessToken(await token(), ADDRESS))?.subjectName).toBe(name);
    });
  });

  describe('the exchange for a JWT', () => {
    it('answers with one list of permissions per role, own roles first', async () => {
      const two = await createKit({ defaultRoles: ['status-only', 'careportal'] });
      await two.access.admin.subjects.create({ name: 'reader', roles: ['readable', 'nosuchrole', 'careportal'] });
      const grant = await two.access.request(two.access.admin.subjects.list()[0]!.accessToken, ADDRESS);
      const iat = two.state.time / 1000;
      expect(grant).toEqual({
        token: expect.any(String),
        sub: 'reader',
        permissionGroups: [['*:*:read'], [], ['api:treatments:create'], ['api:status:read']],
        iat,
        exp: iat + 28_800
      });
      expect(Object.keys(grant!)).toEqual(['token', 'sub', 'permissionGroups', 'iat', 'exp']);
      await two.close();
    });

    it('takes a valid JWT, but no secret', async () => {
      expect((await kit.access.request(await jwtOf('reader'), ADDRESS))?.sub).toBe('reader');
      expect(await kit.access.request(SECRET_SHA1, ADDRESS)).toBeUndefined();
    });

    it('serves status.authorized without penalty', async () => {
      expect(kit.access.grantFor(tokenOf('reader'))?.sub).toBe('reader');
      expect([kit.access.grantFor('x'), kit.access.grantFor(undefined), kit.access.grantFor({})]).toEqual([
        undefined,
        undefined,
        undefined
      ]);
      await resolve({});
      expect(kit.state.slept).toEqual([]);
    });
  });

  describe('documents of an existing database', () => {
    it('tolerates subjects without name or roles and with strange ones (reference: can never start again)', async () => {
      await store(
        'subjects',
        { _id: '65a1b2c3d4e5f60718293a01', roles: ['readable'] },
        { _id: '65a1b2c3d4e5f60718293a02', name: null, roles: null },
        { _id: '65a1b2c3d4e5f60718293a03', name: { a: 1 }, roles: [5, null, 'careportal'] },
        { _id: '65a1b2c3d4e5f60718293a04', name: 'single', roles: 'careportal' },
        { _id: 'not-an-object-id', name: 'odd' }
      );
      await store('roles', { _id: '65a1b2c3d4e5f60718293b01' }, { _id: '65a1b2c3d4e5f60718293b02', name: 'odd', permissions: 7 });
      const again = await reopened();
      expect(again.admin.subjects.list().map(({ name }) => name)).toEqual(['', '', '', 'boss', 'odd', 'reader', 'single']);
      const single = again.admin.subjects.list().find(({ name }) => name === 'single')!;
      expect((await again.resolve({ token: single.accessToken }, ADDRESS)).may('api:treatments:create')).toBe(true);
      const nameless = again.admin.subjects.list()[0]!;
      expect((await again.resolve({ token: nameless.accessToken }, ADDRESS)).kind).toBe('subject');
      expect((await again.resolve({ secret: SECRET_SHA1 }, ADDRESS)).kind).toBe('secret');
      await again.close();
    });

    /** A second server on the same database. */
    async function reopened() {
      const access = createAccess({
        config: { authDefaultRoles: ['readable'], authFailDelayMs: 0 },
        storage: kit.storage,
        bus: kit.bus,
        log: pino({ level: 'silent' }),
        now: () => kit.state.time,
        apiSecret: SECRET,
        jwtKey: 'k'
      });
      await access.ready();
      return access;
    }

    it('remembers over a restart when a token was last used, without touching the subject', async () => {
      const { _id } = kit.access.admin.subjects.list().find(({ name }) => name === 'reader')!;
      expect(kit.access.admin.subjects.list().some(({ lastUsed }) => lastUsed !== undefined)).toBe(false);
      await resolve({ token: tokenOf('reader') });
      const lastUsed = new Date(kit.state.time).toISOString();
      expect(kit.access.admin.subjects.list().map((one) => [one.name, one.lastUsed])).toEqual([
        ['boss', undefined],
        ['reader', lastUsed]
      ]);
      await kit.access.close();
      expect((await kit.storage.candidates('subjects', [{ _id }]))[0]).not.toHaveProperty('lastUsed');
      const again = await reopened();
      await settle();
      expect(again.admin.subjects.list().find((one) => one._id === _id)?.lastUsed).toBe(lastUsed);
      await again.close();
    });

    it('keeps tokens over a restart', async () => {
      const token = tokenOf('reader');
      const again = await reopened();
      expect((await again.resolve({ token }, ADDRESS)).subjectName).toBe('reader');
      await again.close();
    });
  });
});

describe('access while the database is away', () => {
  it('lets the API secret in, answers others with 503 instead of a wrong 401, and loads later', async () => {
    const kit = await createKit({ away: true });
    await settle();
    expect((await kit.access.resolve({ secret: SECRET_SHA1 }, ADDRESS)).kind).toBe('secret');
    await expect(kit.access.resolve({ token: 'x-0123456789abcdef' }, ADDRESS)).rejects.toMatchObject({ code: 'storage-away' });
    await expect(kit.access.resolve({}, ADDRESS)).rejects.toMatchObject({ code: 'storage-away' });
    await expect(kit.access.admin.subjects.create({ name: 'x' })).rejects.toMatchObject({ code: 'storage-away' });
    await kit.storage.apply([
      { op: 'insert', collection: 'subjects', doc: { _id: '65a1b2c3d4e5f60718293a01', name: 'late', roles: ['admin'] } }
    ]);
    kit.state.away = false;
    await kit.access.ready();
    expect(kit.access.admin.subjects.list().map(({ name }) => name)).toEqual(['late']);
    expect((await kit.access.resolve({}, ADDRESS)).kind).toBe('anonymous');
    await kit.close();
  });

  it('goes on with what it knows when the database leaves later, and changes nothing it could not store', async () => {
    const kit = await createKit();
    await kit.access.admin.subjects.create({ name: 'reader', roles: ['readable'] });
    const { accessToken: token, _id } = kit.access.admin.subjects.list()[0]!;
    kit.state.away = true;
    expect((await kit.access.resolve({ token }, ADDRESS)).kind).toBe('subject');
    await expect(kit.access.admin.subjects.remove(_id)).rejects.toMatchObject({ code: 'storage-away' });
    expect((await kit.access.resolve({ token }, ADDRESS)).kind).toBe('subject');
    await kit.close();
  });
});
