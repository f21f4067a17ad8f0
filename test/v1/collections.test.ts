import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { call, tokenFor } from './call.ts';

const DAY = 86_400_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

const STORES = ['sqlite', ...(mongoUrl() ? ['mongodb'] : [])];

describe.each(STORES)('on %s:', (store) => {
  let server: TestServer;
  let drop = async (): Promise<void> => {};

  beforeAll(async () => {
    const database = store === 'mongodb' ? await freshDatabase() : undefined;
    if (database) drop = database.drop;
    server = await startServer({}, { ...(database && { mongoUri: database.url }) });
  });
  afterAll(async () => {
    await server.close();
    await drop();
  });

  const get = async (path: string) => (await call(server, 'GET', path)).body;

  describe('entries', () => {
    it('answers a batch with as many elements, in order, each with its _id, again on a repeat (Loop)', async () => {
      const body = [3, 1, 2].map((n) => ({ type: 'sgv', sgv: 100 + n, date: Date.now() - n * 60_000, direction: 'Flat' }));
      const first = await call(server, 'POST', '/api/v1/entries', { body });
      expect(first.body.map((doc: { sgv: number }) => doc.sgv)).toEqual([103, 101, 102]);
      const again = await call(server, 'POST', '/api/v1/entries', { body });
      expect(again.body.map((doc: { _id: string }) => doc._id)).toEqual(first.body.map((doc: { _id: string }) => doc._id));
      expect(await get('/api/v1/entries/sgv.json?count=3')).toMatchObject([{ sgv: 101 }, { sgv: 102 }, { sgv: 103 }]);
      expect(await get(`/api/v1/entries/${first.body[0]._id}`)).toMatchObject([{ sgv: 103 }]);
      expect(await get('/api/v1/entries/current')).toMatchObject([{ sgv: 101 }]);
    });

    it('gives curl its TSV and every app its JSON', async () => {
      const curl = await call(server, 'GET', '/api/v1/entries?count=1', { headers: { accept: '*/*' } });
      expect(curl.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(curl.text.split('\t')).toHaveLength(5);
    });

    it('shows the newest first, whatever order the caller takes them in', async () => {
      const dates = (await get('/api/v1/entries.json?sort[date]=1')).map((doc: { date: number }) => doc.date);
      expect(dates).toEqual(dates.toSorted((a: number, b: number) => b - a));
      expect(dates.length).toBeGreaterThan(2);
    });

    it('keeps and returns what it does not know, as it was sent (D4)', async () => {
      const odd = {
        type: 'odd',
        date: Date.now(),
        'duration (min)': 30,
        _meal: { a: [1, '2', null, { b: 1.0 }] },
        emoji: '🌮',
        text: 'a<b',
        big: '007'
      };
      await call(server, 'POST', '/api/v1/entries', { body: [odd] });
      expect((await get('/api/v1/entries/odd.json'))[0]).toMatchObject(odd);
    });

    it('previews without storing', async () => {
      const { body } = await call(server, 'POST', '/api/v1/entries/preview', {
        body: [{ type: 'preview', date: 1, note: '<script>x</script>y' }]
      });
      expect(body).toEqual([{ type: 'preview', date: 1, note: 'y' }]);
      expect(await get('/api/v1/entries/preview.json?find[date]=1')).toEqual([]);
    });

    it('counts, echoes and slices', async () => {
      expect(await get('/api/v1/count/entries/where?find[type]=sgv')).toEqual([{ _id: null, count: 3 }]);
      expect(await get('/api/v1/count/entries/where?find[type]=none')).toEqual([]);
      expect(await get('/api/v1/echo/entries/sgv.json?count=1')).toMatchObject({
        storage: 'entries',
        input: { count: '1', find: { type: 'sgv' } }
      });
      expect(await get('/api/v1/times/echo/20{14,15}/T{1..2}')).toMatchObject({
        pattern: ['^2014.*T1', '^2014.*T2', '^2015.*T1', '^2015.*T2']
      });
      expect((await call(server, 'GET', '/api/v1/times')).status).toBe(404);
      expect((await call(server, 'GET', '/api/v1/times/')).status).toBe(200);
    });
  });

  describe('treatments', () => {
    it('xDrip+: finds its own by uuid at any age, with the _id to delete it by', async () => {
      const put = await call(server, 'PUT', '/api/v1/treatments', {
        body: {
          _id: 'aaaaaaaaaaaaaaaaaaaaaaaa',
          uuid: 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
          eventType: 'Note',
          created_at: ago(90 * DAY)
        }
      });
      expect(put.body).toMatchObject({ _id: 'aaaaaaaaaaaaaaaaaaaaaaaa' });
      const [found] = await get('/api/v1/treatments.json?find%5Buuid%5D=aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa');
      expect((await call(server, 'DELETE', `/api/v1/treatments/${found._id}`)).body).toEqual({
        acknowledged: true,
        deletedCount: 1
      });
      expect((await call(server, 'DELETE', `/api/v1/treatments/${found._id}`)).body).toEqual({
        acknowledged: true,
        deletedCount: 0
      });
    });

    it('Trio: deletes an old meal by its id, and nothing but that', async () => {
      const id = '0E3F6A52-9C1B-4B52-8F0B-3A2D1C4E5F60';
      const meal = { eventType: 'Carb Correction', carbs: 10, created_at: ago(30 * DAY), id };
      await call(server, 'POST', '/api/v1/treatments.json', {
        body: [meal, { ...meal, created_at: ago(29 * DAY), id: `${id.slice(0, -1)}1` }]
      });
      const { body } = await call(server, 'DELETE', `/api/v1/treatments.json?find%5Bid%5D%5B$eq%5D=${id}`);
      expect(body).toEqual({ acknowledged: true, deletedCount: 1 });
      expect(await get('/api/v1/treatments.json?find[eventType]=Carb+Correction&find[created_at][$gte]=2000')).toHaveLength(1);
    });

    it('Loop: an override is found, replaced and deleted by the UUID it was sent with', async () => {
      const _id = '69F15FD2-8075-4DEB-AEA3-4352F455840D';
      const body = { _id, eventType: 'Temporary Override', created_at: ago(60_000), duration: 10 };
      const [first] = (await call(server, 'POST', '/api/v1/treatments', { body: [body] })).body;
      const [second] = (await call(server, 'POST', '/api/v1/treatments', { body: [{ ...body, created_at: ago(30_000) }] })).body;
      expect(first._id).toMatch(/^[0-9a-f]{24}$/);
      expect(second._id).toBe(first._id);
      expect((await call(server, 'DELETE', `/api/v1/treatments/${_id}`)).body).toEqual({ acknowledged: true, deletedCount: 1 });
    });

    it('one treatment with an amount that is no amount does not take the list away (found by fuzzing)', async () => {
      const odd = { toString: 1, valueOf: 1 };
      const token = await tokenFor(server, 'odd', ['*']);
      const jwt = (await call(server, 'GET', `/api/v2/authorization/request/${token}`)).body.token;
      const doc = { app: 'x', eventType: 'Note', date: Date.now(), insulin: odd, carbs: [odd], duration: odd, targetTop: odd };
      const stored = await call(server, 'POST', '/api/v3/treatments', { body: doc, headers: { authorization: `Bearer ${jwt}` } });
      expect(stored.status).toBe(201);
      for (const path of ['treatments', 'treatments?token=x']) {
        const shown = (await call(server, 'GET', `/api/v1/${path}`, { secret: true })).body;
        expect(shown[0]).toMatchObject({ eventType: 'Note', insulin: null, carbs: null });
      }
      expect((await call(server, 'GET', '/api/v2/summary', { secret: true })).status).toBe(200);
    });

    it('nightguard: carbs come with mills when the token stands in the query', async () => {
      const token = await tokenFor(server, 'nightguard', ['*:*:read', 'api:treatments:create']);
      await call(server, 'POST', `/api/v1/treatments?now=(Function)&token=${token}`, {
        secret: false,
        body: { eventType: 'Carb Correction', carbs: 22, duration: 0 }
      });
      const [shown] = await get(`/api/v1/treatments.json?token=${token}&count=1`);
      expect(shown).toMatchObject({ carbs: 22, duration: 0, mills: expect.any(Number), insulin: null });
    });

    it('a stale PUT is refused, and changes nothing (D6)', async () => {
      const created_at = ago(120_000);
      const [{ _id, srvModified }] = (
        await call(server, 'POST', '/api/v1/treatments', { body: [{ eventType: 'Note', created_at, notes: '1' }] })
      ).body;
      const put = (notes: string, headers: Record<string, string>) =>
        call(server, 'PUT', '/api/v1/treatments', { body: { _id, eventType: 'Note', created_at, notes }, headers });
      expect((await put('2', { 'if-match': `"${srvModified}"` })).status).toBe(200);
      expect((await put('3', { 'if-match': `"${srvModified}"` })).body).toMatchObject({ status: 412 });
      expect((await put('3', { 'if-unmodified-since': 'Sun, 22 Nov 2020 12:00:00 GMT' })).status).toBe(412);
      expect(await get(`/api/v1/treatments.json?find[_id]=${_id}`)).toMatchObject([{ notes: '2' }]);
    });
  });

  describe('deletes by query', () => {
    it('take the last four days only, unless a date is named (D11)', async () => {
      await call(server, 'POST', '/api/v1/devicestatus', {
        body: [
          { device: 'd', created_at: ago(5 * DAY) },
          { device: 'd', created_at: ago(DAY) }
        ]
      });
      const drop = async (query: string) => (await call(server, 'DELETE', `/api/v1/devicestatus${query}`)).body.deletedCount;
      expect(await drop('?find[device]=d')).toBe(1);
      expect(await drop(`.json?find[created_at][$lte]=${ago(2 * DAY).slice(0, 10)}&count=1`)).toBe(1);
    });
  });

  describe('profiles and foods', () => {
    it('the current profile is the one with the latest start, push credentials included (LoopFollow needs them)', async () => {
      expect(await get('/api/v1/profile/current')).toBeNull();
      const post = (startDate: string) =>
        call(server, 'POST', '/api/v1/profile', {
          body: { startDate, deviceToken: 'dt', store: { D: { basal: [{ value: '0.8' }] } } }
        });
      await post('2024-06-01T00:00:00Z');
      await post('2024-05-01T00:00:00Z');
      expect(await get('/api/v1/profile/current')).toMatchObject({ startDate: '2024-06-01T00:00:00Z' });
      expect(await get('/api/v1/profiles')).toEqual([]);
      expect(await get('/api/v1/profiles.json?count=1&find[startDate][$lte]=2024-06-01T00:00:00.000Z')).toMatchObject([
        { startDate: '2024-06-01T00:00:00Z', deviceToken: 'dt', store: { D: { basal: [{ value: '0.8' }] } } }
      ]);
    });

    it('quick picks are those with the text "false" in hidden', async () => {
      const pick = (position: number, hidden: unknown) => ({ type: 'quickpick', position, hidden });
      await call(server, 'POST', '/api/v1/food', {
        body: [pick(2, 'false'), pick(1, 'false'), pick(0, false), { type: 'food', name: 'x' }]
      });
      expect(await get('/api/v1/food/quickpicks.json')).toMatchObject([{ position: 1 }, { position: 2 }]);
      expect(await get('/api/v1/food/regular')).toHaveLength(1);
      expect(await get('/api/v1/food')).toHaveLength(4);
    });
  });

  describe('rights', () => {
    it('slices, counts and echoes need the right to read what they read (D14)', async () => {
      const closed = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
      const token = await tokenFor(closed, 'cgm', ['api:entries:read']);
      const status = async (path: string) => (await call(closed, 'GET', `${path}?token=${token}`)).status;
      expect(await status('/api/v1/slice/entries/dateString/sgv/2024')).toBe(200);
      expect(await status('/api/v1/slice/treatments/eventType/x/2024')).toBe(401);
      expect(await status('/api/v1/count/treatments/where')).toBe(401);
      expect(await status('/api/v1/echo/treatments')).toBe(401);
      expect(await status('/api/v1/times/2024')).toBe(200);
      expect(await status('/api/v1/treatments')).toBe(401);
      await closed.close();
    });

    it('writing needs reading, too; a missing right is 401', async () => {
      const closed = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
      const token = await tokenFor(closed, 'writer', ['api:entries:create']);
      const answer = await call(closed, 'POST', `/api/v1/entries?token=${token}`, { secret: false, body: [] });
      expect(answer.body).toEqual({ status: 401, message: 'Unauthorized', description: 'Invalid/Missing' });
      await closed.close();
    });

    it('whoever may enter treatments may silence an alarm, a reader may not (D15)', async () => {
      const acks: unknown[] = [];
      server.services.bus.subscribe('alarm-ack', 'test', (event) => void acks.push(event));
      const token = await tokenFor(server, 'caregiver', ['api:treatments:create']);
      expect((await call(server, 'GET', '/api/v1/notifications/ack?level=2')).status).toBe(401);
      const answer = await call(server, 'GET', `/api/v1/notifications/ack?level=2&group=g&time=600000&token=${token}`);
      expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, 'OK', 'text/plain; charset=utf-8']);
      expect((await call(server, 'GET', '/api/v1/notifications/ack?level=9', { secret: true })).text).toBe('OK');
      expect(acks).toEqual([{ level: 2, group: 'g', silenceMs: 600_000 }]);
    });

    it('notes for administrators are counted for all and shown to them', async () => {
      const open = (await call(server, 'GET', '/api/v1/adminnotifies')).body.message;
      expect(open.notifies).toEqual([]);
      expect(open.notifyCount).toBeGreaterThan(0);
      await call(server, 'GET', '/api/v1/entries', { headers: { 'api-secret': 'wrong-wrong' } });
      const { message } = (await call(server, 'GET', '/api/v1/adminnotifies', { secret: true })).body;
      expect(message.notifyCount).toBe(message.notifies.length);
      expect(message.notifies[0]).toMatchObject({ title: 'Nightscout readable by world', persistent: true, count: 1 });
      expect(message.notifies.at(-1)).toMatchObject({ count: 1, lastRecorded: expect.any(Number) });
    });
  });
});
