import request from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const HOUR = 3_600_000;
const iso = (mills: number) => new Date(mills).toISOString();

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

// the reference mixes today's readings into a look at the past (rest-v1-v2 §12.6)
it('reads the two days before an instant from the store, and nothing after it', async () => {
  const at = Date.now() - 10 * 24 * HOUR;
  const post = (path: string, body: object) => request(server.url).post(path).set(server.secret).send(body).expect(200);
  const entry = (mills: number, sgv: number) => ({ type: 'sgv', sgv, date: mills, dateString: iso(mills) });
  const list = [
    entry(at - 60 * HOUR, 90),
    entry(at - 2 * HOUR, 120),
    entry(at - HOUR, 125),
    entry(at + HOUR, 200),
    entry(Date.now() - HOUR, 250)
  ];
  await post('/api/v1/entries', list);
  const switched = { eventType: 'Profile Switch', profile: 'Sport', duration: 0 };
  const treatments = [
    { ...switched, created_at: iso(at - 100 * HOUR) },
    { ...switched, profile: 'Later', created_at: iso(at + HOUR) },
    { eventType: 'Site Change', created_at: iso(at - 200 * HOUR) },
    { eventType: 'Note', created_at: iso(at - HOUR), notes: 'then' },
    { eventType: 'Note', created_at: iso(at + HOUR), notes: 'after' }
  ];
  await post('/api/v1/treatments', treatments);
  await post('/api/v1/devicestatus', [
    { device: 'a', created_at: iso(at - HOUR) },
    { device: 'b', created_at: iso(at + HOUR) }
  ]);
  const store = { Day: { dia: 4 } };
  await post('/api/v1/profile', { defaultProfile: 'Day', startDate: iso(at - 300 * HOUR), store });
  await post('/api/v1/profile', { defaultProfile: 'New', startDate: iso(at + HOUR), store });

  const { body } = await request(server.url)
    .get(`/api/v2/ddata/at/${iso(at)}`)
    .expect(200);
  expect(body.sgvs.map(({ mgdl }: { mgdl: number }) => mgdl)).toEqual([120, 125]);
  expect(body.treatments.map((t: { eventType: string; notes?: string }) => t.notes ?? t.eventType)).toEqual([
    'Site Change',
    'Profile Switch',
    'then'
  ]);
  expect(body.devicestatus.map(({ device }: { device: string }) => device)).toEqual(['a']);
  expect(body.profiles.map(({ defaultProfile }: { defaultProfile: string }) => defaultProfile)).toEqual(['Day']);
  expect(body.lastProfileFromSwitch).toBe('Sport');
});

// found by fuzzing: the windows around them end where no date can be written any more
it.each(['+275760-09-13', '-271821-04-20', '9999-12-31', '0000-01-01'])(
  'an instant as far away as %s is answered',
  async (at) => {
    const { body } = await request(server.url)
      .get(`/api/v2/ddata/at/${encodeURIComponent(at)}`)
      .set(server.secret)
      .expect(200);
    expect(body.page).toMatchObject({ frame: true });
  }
);
