import { describe, expect, it } from 'vitest';
import { MINUTE, profileWith, sgv, status, T } from '../plugins/kit.ts';
import { siteOf } from './kit.ts';

const sgvs = [sgv(107, 7.5, { direction: 'FortyFiveUp' }), sgv(100, 2.5, { direction: 'Flat' })];

describe('GET /api/v2/properties (rest-v1-v2 §12.5; nightguard, LoopFollow, watch faces)', () => {
  it('gives nightguard what it draws', async () => {
    const devicestatus = [status(3, { device: 'openaps://phone', uploader: { battery: 64 } })];
    const { body, headers } = await siteOf({ sgvs, devicestatus, profile: profileWith(), treatments: [] }).get(
      '/api/v2/properties'
    );
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers.etag).toMatch(/^W\//);
    expect(body.bgnow).toMatchObject({ last: 100, mills: T - 150_000, sgvs: [{ direction: 'Flat' }] });
    expect(body.delta).toMatchObject({ display: '-7', mgdl: -7 });
    expect(body.upbat.display).toBe('64%');
  });

  it.each([
    ['/api/v2/properties/bgnow', ['bgnow']],
    ['/api/v2/properties/bgnow.json', ['bgnow']],
    ['/api/v2/properties/bgnow,delta,nosuch', ['bgnow', 'delta']],
    ['/api/v2/properties/bgnow/delta', ['bgnow']],
    ['/api/v2/properties/nosuch', []],
    ['/api/v2/properties/constructor,__proto__', []],
    ['/api/v2/properties/bgnow%2Cdelta', ['bgnow', 'delta']]
  ])('%s has %j', async (path, names) => {
    const { status: code, body } = await siteOf({ sgvs }).get(path);
    expect([code, Object.keys(body)]).toEqual([200, names]);
  });

  it('gives all with a slash at the end', async () => {
    const site = siteOf({ sgvs });
    expect((await site.get('/api/v2/properties/')).body).toEqual((await site.get('/api/v2/properties')).body);
  });

  it.each([
    ['?pretty=1', true],
    ['?pretty=', false],
    ['', false]
  ])('direction%s indented: %s', async (query, indented) => {
    const { text } = await siteOf({ sgvs }).get(`/api/v2/properties/direction${query}`);
    expect(text.startsWith('{\n  "direction"')).toBe(indented);
  });

  it.each(['api:entries:read', 'api:treatments:read'])('refuses who lacks %s', async (missing) => {
    const { status: code, body } = await siteOf({ sgvs, may: (permission) => permission !== missing }).get('/api/v2/properties');
    expect(code).toBe(401);
    expect(body.bgnow).toBeUndefined();
  });

  it('has no other verbs', async () => expect((await siteOf({ sgvs }).post('/api/v2/properties')).status).toBe(404));

  it('is empty until the data is loaded', async () => {
    expect((await siteOf({ sgvs, state: 'booting' }).get('/api/v2/properties')).body).toEqual({});
  });

  it('never shows a password that came in with a device status', async () => {
    const devicestatus = [status(1, { device: 'rig', pump: { reservoir: 80, password: 'hunter2', deep: { apnsKey: 'k' } } })];
    const { text } = await siteOf({ devicestatus }).get('/api/v2/properties/pump');
    expect(text).toContain('reservoir');
    expect(text).not.toMatch(/hunter2|apnsKey/);
  });

  it('answers a path that cannot be decoded with 400', async () => {
    expect((await siteOf({ sgvs }).get('/api/v2/properties/%E0%A4%A')).status).toBe(400);
  });
});

describe('the present properties', () => {
  it('follow the live data at once', async () => {
    const site = siteOf({ sgvs });
    expect((await site.get('/api/v2/properties/bgnow')).body.bgnow.last).toBe(100);
    site.change({ sgvs: [...sgvs, sgv(93, 0)] });
    expect((await site.get('/api/v2/properties/bgnow')).body.bgnow.last).toBe(93);
  });

  it('follow the clock: an arrow goes when the reading is too old', async () => {
    const site = siteOf({ sgvs });
    expect((await site.get('/api/v2/properties/direction')).body).toHaveProperty('direction');
    site.clock.now = T + 13 * MINUTE;
    expect((await site.get('/api/v2/properties/direction')).body).toEqual({});
  });

  it('are worked out once as long as neither changes', () => {
    const site = siteOf({ sgvs });
    const first = site.current();
    site.clock.now = T + 59_000;
    expect(site.current()).toBe(first);
    site.clock.now = T + 60_000;
    expect(site.current()).not.toBe(first);
  });

  it('tell a fault of a plugin once per cause, and leave out only that plugin', () => {
    const broken = {
      get mills(): number {
        throw new Error('broken calibration');
      }
    };
    const site = siteOf({ sgvs, cals: [broken as never] });
    for (const minute of [0, 1, 2]) {
      site.clock.now = T + minute * MINUTE;
      expect(Object.keys(site.current().properties)).toContain('bgnow');
      expect(Object.keys(site.current().properties)).not.toContain('rawbg');
    }
    expect(site.log).toHaveLength(1);
  });
});
