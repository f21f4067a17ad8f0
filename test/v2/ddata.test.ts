import { describe, expect, it } from 'vitest';
import { HOUR, sgv, T, treatment } from '../plugins/kit.ts';
import { siteOf } from './kit.ts';

const KEYS =
  'sgvs treatments mbgs cals profiles devicestatus food activity dbstats lastUpdated entries lastProfileFromSwitch sitechangeTreatments insulinchangeTreatments batteryTreatments sensorTreatments profileTreatments combobolusTreatments tempbasalTreatments tempTargetTreatments';
const iso = (mills: number) => new Date(mills).toISOString();

describe('GET /api/v2/ddata/at (rest-v1-v2 §12.6)', () => {
  const site = { sgvs: [sgv(100, 5)], treatments: [treatment(60, { eventType: 'Site Change' })] };

  it('gives the whole live data with the lists by kind', async () => {
    const { body } = await siteOf(site).get('/api/v2/ddata/at');
    expect(Object.keys(body).join(' ')).toBe(KEYS);
    expect(body.sitechangeTreatments).toHaveLength(1);
    expect(body.entries).toEqual([]);
  });

  it.each([T, T - 4 * 60_000, T + 4 * 60_000])('gives the live data for an instant near now (%d)', async (mills) => {
    const { body } = await siteOf(site).get(`/api/v2/ddata/at/${iso(mills)}`);
    expect(body.sgvs).toHaveLength(1);
    expect(body).not.toHaveProperty('page');
  });

  it('gives the past as it stood, not what is there today', async () => {
    const at = T - 100 * HOUR;
    const entry = (_id: string, date: number, value: number) => ({ _id, type: 'sgv', sgv: value, date });
    const note = (_id: string, mills: number) => ({ _id, eventType: 'Note', created_at: iso(mills) });
    const stored = {
      entries: [entry('a', at - 60 * HOUR, 90), entry('b', at - HOUR, 120), entry('c', at + HOUR, 200), entry('d', T, 250)],
      treatments: [note('e', at - 2 * HOUR), note('f', at + HOUR)]
    };
    const { body } = await siteOf({ ...site, stored }).get(`/api/v2/ddata/at/${iso(at)}`);
    expect(body.sgvs.map((s: { mgdl: number }) => s.mgdl)).toEqual([120]);
    expect(body.treatments.map((t: { _id: string }) => t._id)).toEqual(['e']);
    expect(body.page).toEqual({ frame: true, after: at });
    expect(body.lastUpdated).toBe(at);
  });

  it.each(['garbage', '1704110400000', '2024-13-45', '%20'])('answers the date %s with 400', async (at) => {
    expect((await siteOf(site).get(`/api/v2/ddata/at/${at}`)).status).toBe(400);
  });

  it('is not there without `at`', async () => expect((await siteOf(site).get('/api/v2/ddata')).status).toBe(404));

  it('asks to come back while the data is not loaded', async () => {
    expect((await siteOf({ ...site, state: 'booting' }).get('/api/v2/ddata/at')).status).toBe(503);
  });

  it.each(['api:entries:read', 'api:treatments:read'])('refuses who lacks %s', async (missing) => {
    expect((await siteOf({ ...site, may: (permission) => permission !== missing }).get('/api/v2/ddata/at')).status).toBe(401);
  });
});
