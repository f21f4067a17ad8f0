import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bolus, createV3Kit, type V3Kit } from './v3-kit.ts';

let kit: V3Kit;
beforeAll(async () => {
  kit = await createV3Kit();
});
afterAll(() => kit.close());

const FIELD = (name: string) => ({ status: 400, message: `Field ${name} cannot be modified by the client` });
const V1_ID = (n: number): string => `65c7000000000000000d00${String(n).padStart(2, '0')}`;
const v1Born = (n: number, fields = {}) => ({
  _id: V1_ID(n),
  eventType: 'Note',
  created_at: `2024-03-0${n}T08:00:00.000Z`,
  utcOffset: 0,
  notes: 'v1',
  ...fields
});

describe('immutable fields of a stored document (rest-v3 §8)', () => {
  beforeAll(async () => {
    await kit.post('/treatments', bolus({ identifier: 'fixed' })).expect(201);
  });

  it.each([
    ['identifier', 'other'],
    ['date', 1_707_552_060_000],
    ['date', '2024-02-10T08:00:00.000Z'],
    ['utcOffset', 0],
    ['eventType', 'Note'],
    ['device', 'other'],
    ['app', 'other'],
    ['srvCreated', 1],
    ['subject', 'me'],
    ['srvModified', 1],
    ['modifiedBy', 'me'],
    ['isValid', false]
  ])('PATCH refuses %s = %j', async (name, value) => {
    expect((await kit.patch('/treatments/fixed', { [name]: value }).expect(400)).body).toEqual(FIELD(name));
  });

  it.each([
    ['date', 1_707_552_060_000],
    ['utcOffset', 0],
    ['eventType', 'Note'],
    ['device', 'other'],
    ['app', 'other'],
    ['subject', 'me'],
    ['isValid', false]
  ])('PUT refuses %s = %j', async (name, value) => {
    expect((await kit.put('/treatments/fixed', bolus({ [name]: value })).expect(400)).body).toEqual(FIELD(name));
  });

  it('the first in the list is named', async () => {
    expect((await kit.patch('/treatments/fixed', { app: 'x', date: 1 }).expect(400)).body).toEqual(FIELD('date'));
  });

  it('a dotted name is no way around', async () => {
    await kit.patch('/treatments/fixed', { 'app.x': 1 }).expect(400);
    await kit.plant('treatments', v1Born(9));
    expect((await kit.patch(`/treatments/${V1_ID(9)}`, { 'isValid.x': 1 }).expect(400)).body).toEqual(FIELD('isValid.x'));
  });

  it('repeating what is stored is fine, as AAPS does', async () => {
    await kit
      .patch('/treatments/fixed', {
        identifier: 'fixed',
        eventType: 'Correction Bolus',
        isValid: true,
        isReadOnly: false,
        insulin: 1
      })
      .expect(200);
  });

  it('GET, edit, PUT goes round', async () => {
    const { body } = await kit.get('/treatments/fixed');
    await kit.put('/treatments/fixed', { ...body.result, notes: 'edited' }).expect(200);
    expect((await kit.get('/treatments/fixed')).body.result.notes).toBe('edited');
  });
});

describe('documents born over v1 can be updated (D13)', () => {
  it('AAPS patches one that has no app, date or isValid', async () => {
    await kit.plant('treatments', v1Born(1));
    await kit
      .patch(`/treatments/${V1_ID(1)}`, {
        identifier: V1_ID(1),
        eventType: 'Note',
        isValid: true,
        isReadOnly: false,
        app: 'AAPS',
        date: Date.parse('2024-03-01T08:00:00Z'),
        notes: 'v3'
      })
      .expect(200);
    const { body } = await kit.get(`/treatments/${V1_ID(1)}`);
    expect(body.result).toMatchObject({ identifier: V1_ID(1), app: 'AAPS', notes: 'v3', modifiedBy: 'all' });
    const [stored] = (await kit.stored('treatments')).filter(({ _id }) => _id === V1_ID(1));
    expect(stored, 'known by its _id alone (D2)').not.toHaveProperty('identifier');
  });

  it('but isValid:false in a PATCH stays a delete in disguise', async () => {
    await kit.plant('treatments', v1Born(2));
    expect((await kit.patch(`/treatments/${V1_ID(2)}`, { isValid: false }).expect(400)).body).toEqual(FIELD('isValid'));
  });

  it('PUT replaces one, addressed in either case, and keeps the time it was made', async () => {
    await kit.plant('treatments', v1Born(3));
    await kit
      .put(`/treatments/${V1_ID(3).toUpperCase()}`, {
        eventType: 'Note',
        app: 'a',
        date: Date.parse('2024-03-03T08:00:00Z'),
        utcOffset: 0
      })
      .expect(200);
    const { body } = await kit.get(`/treatments/${V1_ID(3)}`);
    expect(body.result).toMatchObject({ identifier: V1_ID(3), srvCreated: Date.parse('2024-03-03T08:00:00Z'), app: 'a' });
    expect(body.result).not.toHaveProperty('notes');
  });
});

describe('UPDATE (rest-v3 §11.7)', () => {
  it('stores an unknown identifier; the path wins over the body', async () => {
    const { body, headers } = await kit.put('/food/by-put', bolus({ identifier: 'other' })).expect(201);
    expect(body).toEqual({ status: 201, identifier: 'by-put', lastModified: expect.any(Number) });
    expect(headers.location).toBe('/api/v3/food/by-put');
    await kit.get('/food/other').expect(404);
  });

  it('replaces: 200 and nothing but lastModified', async () => {
    await kit.put('/food/put-2', bolus()).expect(201);
    const { body } = await kit.put('/food/put-2', bolus({ notes: 'n' })).expect(200);
    expect(body).toEqual({ status: 200, lastModified: expect.any(Number) });
  });

  it('a v3 document answers to its _id too, and keeps its identifier (D2)', async () => {
    await kit.put('/food/put-3', bolus()).expect(201);
    const [{ _id } = { _id: '' }] = (await kit.stored('food')).filter(({ identifier }) => identifier === 'put-3');
    await kit.put(`/food/${_id}`, bolus({ notes: 'by _id' })).expect(200);
    await kit.patch(`/food/${_id}`, { extra: 1 }).expect(200);
    expect((await kit.get('/food/put-3')).body.result).toMatchObject({ notes: 'by _id', extra: 1, identifier: 'put-3' });
  });

  it('a deleted document is gone for PUT and PATCH', async () => {
    await kit.put('/food/put-4', bolus()).expect(201);
    await kit.delete('/food/put-4').expect(200);
    expect((await kit.put('/food/put-4', bolus()).expect(410)).body).toEqual({ status: 410 });
    expect((await kit.patch('/food/put-4', { a: 1 }).expect(410)).body).toEqual({ status: 410 });
    await kit.delete('/food/put-4').expect(200);
  });

  it('app is required again, date and offset too', async () => {
    await kit.put('/food/put-5', bolus()).expect(201);
    expect((await kit.put('/food/put-5', bolus({ app: undefined })).expect(400)).body.message).toBe('Bad or missing app field');
    await kit.put('/food/put-5', {}).expect(400);
  });
});

describe('PATCH (rest-v3 §11.8)', () => {
  it('sets fields, also inside, and tells the duration three ways', async () => {
    await kit.post('/treatments', bolus({ identifier: 'patch-1', duration: 30, n: { k: 1 } })).expect(201);
    const { body, headers } = await kit
      .patch('/treatments/patch-1', { 'n.m': 5, nul: null, durationInMilliseconds: 26_584 })
      .expect(200);
    expect(body).toEqual({ status: 200 });
    expect(headers['last-modified']).toBeDefined();
    expect((await kit.get('/treatments/patch-1')).body.result).toMatchObject({
      n: { k: 1, m: 5 },
      nul: null,
      duration: 0,
      durationInMilliseconds: 26_584,
      endmills: 1_707_552_000_000 + 26_584,
      modifiedBy: 'all'
    });
  });

  it.each([[[1, 2]], [{ $set: { a: 1 } }], [{ _id: 'x' }], [{}], [{ date: 'x' }], [{ 'insulin.x': 1 }], [{ '__proto__.x': 1 }]])(
    'refuses %j and changes nothing',
    async (body) => {
      await kit.put('/treatments/patch-2', bolus()).expect((res) => expect([200, 201]).toContain(res.status));
      const before = (await kit.get('/treatments/patch-2')).body;
      await kit.patch('/treatments/patch-2', body).expect(400);
      expect((await kit.get('/treatments/patch-2')).body).toEqual(before);
    }
  );

  it('an unknown identifier is 404, without text', async () => {
    expect((await kit.patch('/treatments/nosuch', { a: 1 }).expect(404)).body).toEqual({ status: 404 });
  });
});

describe('read-only documents (422)', () => {
  it.each(['isReadOnly', 'readOnly', 'readonly'])('%s: true locks against every write', async (flag) => {
    const identifier = `locked-${flag}`;
    await kit.post('/treatments', bolus({ identifier, [flag]: true })).expect(201);
    const answers = [
      await kit.put(`/treatments/${identifier}`, bolus({ insulin: 5 })),
      await kit.patch(`/treatments/${identifier}`, { insulin: 5 }),
      await kit.post('/treatments', bolus({ identifier, insulin: 5 })),
      await kit.delete(`/treatments/${identifier}`),
      await kit.delete(`/treatments/${identifier}?permanent=true`)
    ];
    for (const { status, body } of answers)
      expect([status, body]).toEqual([422, { status: 422, message: 'Trying to modify read-only document' }]);
    expect((await kit.get(`/treatments/${identifier}`)).body.result.insulin).toBe(0.3);
  });

  it('the text "true" does not lock', async () => {
    await kit.post('/treatments', bolus({ identifier: 'unlocked', isReadOnly: 'true' })).expect(201);
    await kit.delete('/treatments/unlocked').expect(200);
  });
});

describe('DELETE (rest-v3 §11.9)', () => {
  it('soft, again, and for good; each is announced', async () => {
    await kit.post('/treatments', bolus({ identifier: 'del' })).expect(201);
    kit.heard.length = 0;
    expect((await kit.delete('/treatments/del?permanent=TRUE').expect(200)).body).toEqual({ status: 200 });
    await kit.get('/treatments/del').expect(410);
    await kit.delete('/treatments/del').expect(200);
    await kit.delete('/treatments/del?permanent=true').expect(200);
    await kit.get('/treatments/del').expect(404);
    expect((await kit.delete('/treatments/del?permanent=true').expect(404)).body).toEqual({ status: 404 });
    expect(kit.heard.map(({ op, door, soft }) => [op, door, soft])).toEqual([
      ['delete', 'v3', true],
      ['delete', 'v3', true],
      ['delete', 'v3', false]
    ]);
  });
});

describe('conditions (rest-v3 §10, D6)', () => {
  const http = (ms: number): string => new Date(ms).toUTCString();
  it.each(['put', 'patch', 'delete'] as const)(
    '%s: stale If-Unmodified-Since and If-Match are 412, fresh ones pass',
    async (method) => {
      const path = `/food/cond-${method}`;
      await kit.put(path, bolus()).expect(201);
      const { srvModified } = (await kit.get(path)).body.result;
      const send = () => (method === 'delete' ? kit.delete(path) : kit[method](path, method === 'put' ? bolus() : { a: 1 }));
      for (const [name, value] of [
        ['If-Unmodified-Since', http(srvModified - 2000)],
        ['If-Match', '"5"']
      ] as const) {
        const { body, status } = await send().set(name, value);
        expect([status, body]).toEqual([412, { status: 412 }]);
      }
      await send().set('If-Unmodified-Since', 'garbage').set('If-Match', `"1", W/"${srvModified}"`).expect(200);
      if (method === 'delete') return;
      const later = (await kit.get(path)).body.result.srvModified;
      await send().set('If-Unmodified-Since', http(later)).expect(200);
      await send().set('If-Match', '*').expect(200);
    }
  );

  it('If-Match on a PUT of nothing is 412; If-Unmodified-Since is not looked at', async () => {
    await kit.put('/food/cond-none', bolus()).set('If-Match', '*').expect(412);
    await kit.put('/food/cond-none', bolus()).set('If-Unmodified-Since', http(0)).expect(201);
  });

  it('of two writers with the same version one is told', async () => {
    await kit.put('/food/race', bolus()).expect(201);
    const { srvModified } = (await kit.get('/food/race')).body.result;
    const answers = await Promise.all([1, 2].map((n) => kit.patch('/food/race', { n }).set('If-Match', `"${srvModified}"`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});
