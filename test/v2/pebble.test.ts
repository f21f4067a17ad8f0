import { describe, expect, it } from 'vitest';
import { PLUGINS } from '../../src/plugins/index.ts';
import { profileWith, sgv, status, T, treatment } from '../plugins/kit.ts';
import { type Site, siteOf } from './kit.ts';

const raw = { noise: 1, filtered: 100000, unfiltered: 101000 };
const all = PLUGINS.map(({ name }) => name);
const site: Site = {
  sgvs: [
    sgv(114, 12.5, { direction: 'SingleUp', ...raw }),
    sgv(107, 7.5, { direction: 'FortyFiveUp', ...raw }),
    sgv(100, 2.5, { direction: 'Flat', ...raw })
  ],
  cals: [{ _id: 'c', mills: T - 2_400_000, slope: 800, intercept: 30000, scale: 1, type: 'cal' }],
  profile: profileWith({ dia: 5, sens: 45, carbratio: 9, basal: 0.8, target_low: 95, target_high: 115 }),
  devicestatus: [status(2, { device: 'xDrip', uploader: { battery: 71 } })],
  treatments: [treatment(30, { insulin: 3, carbs: 30, eventType: 'Meal Bolus' })]
};

describe('GET /pebble (rest-v1-v2 §13)', () => {
  it('gives a watch the last reading and what goes with it', async () => {
    const { body, headers } = await siteOf(site).get('/pebble');
    expect(headers['content-type']).toBe('application/json');
    expect(headers).not.toHaveProperty('etag');
    expect(body).toEqual({
      status: [{ now: T }],
      bgs: [
        {
          sgv: '100',
          trend: 4,
          direction: 'Flat',
          datetime: T - 150_000,
          filtered: 100000,
          unfiltered: 101000,
          noise: 1,
          bgdelta: -7,
          battery: '71',
          iob: '2.91',
          bwp: '-2.80',
          bwpo: -31,
          cob: 27.3
        }
      ],
      cals: [{ slope: 800, intercept: 30000, scale: 1 }]
    });
  });

  it.each([
    ['', ['100']],
    ['?count=2', ['100', '107']],
    ['?count=99', ['100', '107', '114']],
    ['?count=0', ['100']],
    ['?count=abc', ['100']],
    ['?count=-1', ['100', '107']],
    ['?units=mmol&count=2', ['5.6', '5.9']],
    ['?units=mg/dl', ['100']]
  ])('%s: %j, newest first', async (query, values) => {
    const { body } = await siteOf(site).get(`/pebble${query}`);
    expect(body.bgs.map((bg: { sgv: string }) => bg.sgv)).toEqual(values);
  });

  it('gives the change in mmol/L as text, the difference of what is shown', async () => {
    expect((await siteOf(site).get('/pebble?units=mmol')).body.bgs[0].bgdelta).toBe('-0.3');
    expect((await siteOf({ ...site, units: 'mmol' }).get('/pebble')).body.bgs[0]).toMatchObject({ sgv: '5.6', bgdelta: '-0.3' });
    expect((await siteOf({ units: 'mmol', sgvs: [sgv(100, 1)] }).get('/pebble')).body.bgs[0].bgdelta).toBe('0.0');
  });

  it.each([
    ['NONE', 0],
    ['DoubleUp', 1],
    ['SingleUp', 2],
    ['FortyFiveUp', 3],
    ['Flat', 4],
    ['FortyFiveDown', 5],
    ['SingleDown', 6],
    ['DoubleDown', 7],
    ['NOT COMPUTABLE', 8],
    ['RATE OUT OF RANGE', 9],
    ['TripleUp', 8],
    ['toString', 8]
  ])('trend %s is %d', async (direction, trend) => {
    expect((await siteOf({ sgvs: [sgv(100, 1, { direction })] }).get('/pebble')).body.bgs[0].trend).toBe(trend);
  });

  it('leaves out what its feature is off for, but previews a bolus wherever there is IOB', async () => {
    const bare = (await siteOf({ ...site, enable: ['bgnow'] }).get('/pebble')).body;
    expect(Object.keys(bare.bgs[0])).toEqual(['sgv', 'trend', 'direction', 'datetime', 'bgdelta', 'battery']);
    expect(bare.cals).toEqual([]);
    const iob = (await siteOf({ ...site, enable: all.filter((name) => name !== 'bwp') }).get('/pebble')).body;
    expect(iob.bgs[0]).toMatchObject({ bwp: '-2.80', bwpo: -31 });
  });

  it('has zeros where nothing is known', async () => {
    const [bg] = (await siteOf({ sgvs: [sgv(100, 1, { direction: 'Flat' })] }).get('/pebble')).body.bgs;
    expect(bg).toEqual({ sgv: '100', trend: 4, direction: 'Flat', datetime: T - 60_000, bgdelta: 0, iob: 0, cob: 0 });
  });

  it('has empty lists without data', async () => {
    expect((await siteOf({}).get('/pebble')).body).toEqual({ status: [{ now: T }], bgs: [], cals: [] });
  });

  it('asks for the right to read it', async () => {
    expect((await siteOf({ ...site, may: (permission) => permission !== 'api:pebble,entries:read' }).get('/pebble')).status).toBe(
      401
    );
  });

  it('has no extension and no other verbs', async () => {
    expect((await siteOf(site).get('/pebble.json')).status).toBe(404);
    expect((await siteOf(site).post('/pebble')).status).toBe(404);
  });
});
