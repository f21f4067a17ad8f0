import { describe, expect, it } from 'vitest';
import { profileWith, sgv, status, T, treatment } from '../plugins/kit.ts';
import { type Site, siteOf } from './kit.ts';

const HOUR = 60;
const site: Site = {
  sgvs: [sgv(140, 7 * HOUR), sgv(107, 7.5, { noise: 3 }), sgv(100, 2.5, { noise: 1 })],
  treatments: [
    treatment(50.5 * HOUR, { eventType: 'Site Change' }),
    treatment(7 * HOUR, { eventType: 'Carb Correction', carbs: 12 }),
    treatment(5 * HOUR, { eventType: 'Temp Basal', duration: 60, absolute: 0.2 }),
    treatment(95, { eventType: 'Correction Bolus', insulin: 1.2, carbs: 0 }),
    treatment(50, { eventType: 'Temporary Target', duration: 60, targetTop: 120.4, targetBottom: 100.6 }),
    treatment(45, { eventType: 'Meal Bolus', insulin: 4, carbs: 40 }),
    treatment(40, { eventType: 'Temp Basal', duration: 20, absolute: 1.4 }),
    treatment(20, { eventType: 'Temp Basal', duration: 30, absolute: 1.4 })
  ],
  profile: profileWith({ basal: [{ time: '00:00', value: 0.8, timeAsSeconds: 0 }], dia: 5 })
};
const at = (minutes: number) => T - minutes * 60_000;

describe('GET /api/v2/summary (rest-v1-v2 §12.7)', () => {
  it('gives the last six hours in few bytes', async () => {
    const { body, headers } = await siteOf(site).get('/api/v2/summary');
    expect(headers['content-type']).toBe('application/json');
    expect(headers).not.toHaveProperty('etag');
    expect(body.sgvs).toEqual([
      { sgv: 107, mills: at(7.5), noise: 3 },
      { sgv: 100, mills: at(2.5) }
    ]);
    expect(body.treatments).toEqual({
      tempBasals: [
        { start: at(300), duration: 3600, absolute: 0.2 },
        { start: at(40), duration: 3000, absolute: 1.4 }
      ],
      treatments: [
        { mills: at(95), insulin: 1.2 },
        { mills: at(45), carbs: 40, insulin: 4 }
      ],
      targets: [{ targetTop: 120, targetBottom: 101, duration: 3600, mills: at(50) }]
    });
    expect(body.profile).toMatchObject({ basal: [{ time: '00:00', value: 0.8 }], dia: 5 });
    expect(body.profile.basal[0]).not.toHaveProperty('timeAsSeconds');
    expect(body.state).toMatchObject({ cage: 50, iage: 0, bage: 0 });
    expect(body.state.iob).toBeCloseTo(4.6, 1);
    expect(Number.isInteger(body.state.cob)).toBe(true);
    expect(body.state).not.toHaveProperty('sage');
  });

  it.each([
    ['?hours=1', 2, 1, 1],
    ['?hours=24', 3, 2, 3],
    ['?hours=0', 0, 1, 0],
    ['?hours=abc', 0, 0, 0]
  ])('%s: %d readings, %d temp basals, %d doses, always the targets', async (query, readings, temps, doses) => {
    const { body } = await siteOf(site).get(`/api/v2/summary${query}`);
    const { tempBasals, treatments, targets } = body.treatments;
    expect([body.sgvs.length, tempBasals.length, treatments.length, targets.length]).toEqual([readings, temps, doses, 1]);
  });

  it('shows a single temp basal, and one given in percent by its rate', async () => {
    const temp = treatment(20, { eventType: 'Temp Basal', duration: 30, percent: -50 });
    const { body } = await siteOf({ ...site, treatments: [temp] }).get('/api/v2/summary');
    expect(body.treatments.tempBasals).toEqual([{ start: at(20), duration: 1800, absolute: 0.4 }]);
  });

  it('has null for what is not known, and nothing for what is off', async () => {
    const { body } = await siteOf({ enable: ['bgnow'] }).get('/api/v2/summary');
    expect(body).toMatchObject({ sgvs: [], profile: {}, state: { iob: null, cob: null, bwp: null } });
    expect(Object.keys(body.state)).toEqual(['iob', 'cob', 'bwp']);
  });

  it('gives the level of the uploader battery', async () => {
    const { body } = await siteOf({ devicestatus: [status(1, { uploader: { battery: 60 } })] }).get('/api/v2/summary');
    expect(body.state.battery).toBe(75);
  });

  it('asks to come back while the data is not loaded: an empty summary would look like no insulin', async () => {
    const { status: code, headers } = await siteOf({ state: 'booting' }).get('/api/v2/summary');
    expect([code, headers['retry-after']]).toEqual([503, '5']);
  });

  it('refuses who may not read everything', async () => {
    expect((await siteOf({ ...site, may: (permission) => permission !== 'api:*:read' }).get('/api/v2/summary')).status).toBe(401);
  });

  it('ends there', async () => expect((await siteOf(site).get('/api/v2/summary/x')).status).toBe(404));
});
