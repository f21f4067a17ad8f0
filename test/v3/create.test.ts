import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bolus, createV3Kit, reading, type V3Kit } from './v3-kit.ts';

let kit: V3Kit;
beforeAll(async () => {
  kit = await createV3Kit();
});
afterAll(() => kit.close());

const BASE = { app: 'a', eventType: 'Note' };
const MS = 1_556_325_600_000;
const ISO = '2019-04-27T00:40:00.000Z';

describe('CREATE reads dates (rest-v3 §6)', () => {
  it.each([
    ['ms', { date: MS }, MS, 0, ISO],
    ['seconds', { date: 1_556_325_600 }, MS, 0, ISO],
    ['seconds as text', { date: '1556325600' }, MS, 0, ISO],
    ['a fraction of a ms', { date: 1_556_325_600_000.7 }, MS, 0, ISO],
    ['text with zone', { date: '2019-04-27T02:40:00+02:00' }, MS, 120, ISO],
    ['text with zone, own offset', { date: '2019-04-27T02:40:00+02:00', utcOffset: 0 }, MS, 0, ISO],
    ['text without zone', { date: '2019-04-27T02:40:00' }, 1_556_332_800_000, 0, '2019-04-27T02:40:00.000Z'],
    [
      'a comma before the fraction',
      { date: '2019-06-10T08:07:08,576+02:00' },
      1_560_146_828_576,
      120,
      '2019-06-10T06:07:08.576Z'
    ],
    ['created_at only', { created_at: '2019-04-27T02:40:00+02:00' }, MS, 120, ISO],
    ['garbage beside created_at', { date: 'garbage', created_at: '2019-04-27T02:40:00+02:00' }, MS, 120, ISO],
    ['date over created_at', { date: MS, created_at: '2001-01-01T00:00:00Z' }, MS, 0, ISO],
    ['just after 2000, in seconds', { date: 946_684_801 }, 946_684_801_000, 0, '2000-01-01T00:00:01.000Z'],
    ['the first readable of a list', { date: [null, MS] }, MS, 0, ISO]
  ])('%s', async (name, sent, date, utcOffset, created_at) => {
    const identifier = `date ${name}`;
    await kit.post('/treatments', { ...BASE, ...sent, identifier }).expect(201);
    const { body } = await kit.get(`/treatments/${encodeURIComponent(identifier)}`).expect(200);
    expect(body.result).toMatchObject({ date, utcOffset, created_at });
  });
});

describe('CREATE computes identifiers as the reference does (rest-v3 §7)', () => {
  it.each([
    [
      { device: 'Samsung XCover 4-861536030196001', date: 1_613_057_404_186, eventType: 'Correction Bolus' },
      '5b0f7124-475f-5db0-824c-a73c5eea0975'
    ],
    [{ device: 'dexcom', date: 1_405_763_055_000 }, '21597b61-91f1-5f0a-9d1c-8b46dbc2e48f'],
    [{ date: MS }, '85688b6d-4594-545b-9663-c26ba1ec28ce'],
    [{ date: MS, device: null }, '916425e6-138d-58ef-8044-3ca21b4e8eed'],
    [{ date: MS, device: '' }, 'c4514ba6-808d-5520-a049-0c39d86c3a19'],
    [{ date: MS, device: 'dev A', eventType: 'Note' }, 'b8c85cea-c0c2-5bbd-8c70-9e5f9344034f'],
    [{ date: MS, device: 'd', eventType: '' }, '3e3f8073-cc6f-555f-af61-00f80a72b879'],
    [{ date: MS, device: 'xDrip+ Ünïcode', eventType: 'BG Check' }, 'bd41609b-fb02-5192-8a22-a39a643abd75'],
    [{ date: MS, device: 'empty', identifier: '' }, undefined]
  ])('%j', async (sent, identifier) => {
    const { body, headers } = await kit.post('/devicestatus', { app: 'a', ...sent }).expect(201);
    if (identifier) expect(body.identifier).toBe(identifier);
    expect(headers.location).toBe(`/api/v3/devicestatus/${body.identifier}`);
    expect(body).toEqual({ status: 201, identifier: expect.stringMatching(/^[0-9a-f-]{36}$/), lastModified: expect.any(Number) });
  });
});

describe('CREATE refuses and stores nothing (rest-v3 §8, §20)', () => {
  const DATE = 'Bad or missing date field';
  const OFFSET = 'Bad or missing utcOffset field';
  const APP = 'Bad or missing app field';
  const IDENTIFIER = 'Bad or missing identifier field';
  const EMPTY = 'Bad or missing request body';
  const each = (field: string, values: readonly unknown[], message: string) =>
    values.map((value): [body: object, message: string] => [bolus({ [field]: value }), message]);
  const noDates = [undefined, null, '', 'garbage', 0, -1, 1, true, {}, 'ABC', '2019-20-60T50:90:90', 946_684_800_000];
  const refused: [body: object, message: string][] = [
    [{}, EMPTY],
    [[], EMPTY],
    [[bolus()], DATE],
    ...each('date', noDates, DATE),
    [bolus({ date: 1e18, utcOffset: undefined }), OFFSET],
    ...each('utcOffset', [null, '60', 1441, -1441], OFFSET),
    ...each('app', [undefined, null, '', ' \t', 5], APP),
    ...each('identifier', ['  ', 42, { $ne: 1 }, ['a']], IDENTIFIER),
    [bolus({ identifier: ' ', date: null, app: null }), IDENTIFIER],
    [bolus({ utcOffset: null, app: null }), OFFSET]
  ];
  it.each(refused)('%j', async (sent, message) => {
    const before = await kit.stored('food');
    const { body } = await kit.post('/food', sent).expect(400);
    expect(body).toEqual({ status: 400, message });
    expect(await kit.stored('food')).toEqual(before);
  });

  it.each([
    ['malformed JSON', 'application/json', '{', 400],
    ['null', 'application/json', 'null', 400],
    ['a scalar', 'application/json', '5', 400],
    ['a form', 'application/x-www-form-urlencoded', 'date=1', 400],
    ['text', 'text/plain', '{}', 400],
    ['an operator in a document', 'application/json', JSON.stringify(bolus({ $set: { a: 1 } })), 400],
    ['an operator deep inside', 'application/json', JSON.stringify(bolus({ a: [{ $gt: 1 }] })), 400],
    ['a device that cannot be written down', 'application/json', JSON.stringify(bolus({ device: { toString: 1 } })), 400]
  ])('%s', async (_name, type, text, status) => {
    const { body } = await kit.post('/food').set('Content-Type', type).send(text).expect(status);
    expect(body).toEqual({ status, message: expect.any(String) });
  });

  it('a body larger than 50 MiB', async () => {
    const { body } = await kit.post('/food', bolus({ notes: 'x'.repeat(51 * 1024 * 1024) })).expect(413);
    expect(body).toEqual({ status: 413, message: expect.any(String) });
  });
});

describe('CREATE meets a stored document (rest-v3 §11.5, §12)', () => {
  it('replaces its own earlier upload, with the duration told three ways, and keeps srvCreated', async () => {
    const sent = bolus({ eventType: 'Temp Basal', duration: 30, identifier: 'dedup-1' });
    const first = await kit.post('/treatments', sent).expect(201);
    const again = await kit.post('/treatments', { ...sent, absolute: 2 }).expect(200);
    expect(again.body).toEqual({ status: 200, lastModified: expect.any(Number), identifier: 'dedup-1', isDeduplication: true });
    expect(again.body.lastModified).toBeGreaterThan(first.body.lastModified);
    const { body } = await kit.get('/treatments/dedup-1');
    expect(body.result).toMatchObject({
      absolute: 2,
      duration: 30,
      durationInMilliseconds: 1_800_000,
      endmills: 1_707_552_000_000 + 1_800_000,
      srvCreated: first.body.lastModified,
      subject: 'all'
    });
  });

  it('fields missing from the new version disappear', async () => {
    await kit.post('/food', bolus({ identifier: 'gone-field', name: 'Apple' })).expect(201);
    await kit.post('/food', bolus({ identifier: 'gone-field' })).expect(200);
    const { body } = await kit.get('/food/gone-field');
    expect(body.result).not.toHaveProperty('name');
  });

  it('revives a deleted document and says so as an update', async () => {
    await kit.post('/treatments', bolus({ identifier: 'revived' })).expect(201);
    await kit.delete('/treatments/revived').expect(200);
    await kit.post('/treatments', bolus({ identifier: 'revived', eventType: 'Note' })).expect(200);
    expect((await kit.get('/treatments/revived').expect(200)).body.result).toMatchObject({ eventType: 'Note' });
    expect(kit.heard.filter(({ doc }) => doc.identifier === 'revived').map(({ op }) => op)).toEqual([
      'create',
      'delete',
      'update'
    ]);
  });

  it('recognises what the same app uploaded over v1 and takes over app and date (D13)', async () => {
    await kit.plant('treatments', {
      _id: '65c7000000000000000000a1',
      eventType: 'Note',
      created_at: '2024-02-11T08:00:00.000Z',
      utcOffset: 0,
      notes: 'v1'
    });
    const { body } = await kit
      .post('/treatments', {
        app: 'AAPS',
        date: Date.parse('2024-02-11T08:00:00Z'),
        utcOffset: 0,
        eventType: 'Note',
        notes: 'v3'
      })
      .expect(200);
    expect(body).toMatchObject({ isDeduplication: true, deduplicatedIdentifier: '65c7000000000000000000a1' });
    expect((await kit.get(`/treatments/${body.identifier}`)).body.result).toMatchObject({ notes: 'v3', app: 'AAPS' });
    expect((await kit.get('/treatments/65c7000000000000000000a1')).body.result.identifier).toBe(body.identifier);
  });

  it('keeps both when a weak key joins what differs in device: a 400 would lose the new one', async () => {
    await kit.plant('entries', {
      _id: '65c7000000000000000000b1',
      type: 'sgv',
      sgv: 99,
      date: 1_707_600_000_000,
      device: 'other'
    });
    await kit.post('/entries', reading({ date: 1_707_600_000_000, sgv: 120 })).expect(201);
    const { body } = await kit.get('/entries?date=1707600000000&sort=sgv');
    expect(body.result.map(({ sgv }: { sgv: number }) => sgv)).toEqual([99, 120]);
  });

  it('one pump id on two documents with own identifiers keeps both (D3)', async () => {
    const own = { pumpId: 9, pumpType: 'DASH', pumpSerial: '1' };
    await kit.post('/treatments', bolus({ ...own, identifier: 'pump-a' })).expect(201);
    await kit.post('/treatments', bolus({ ...own, identifier: 'pump-b', insulin: 2 })).expect(201);
    expect((await kit.get('/treatments/pump-a')).body.result.insulin).toBe(0.3);
  });

  it('an immutable field of the same identifier stays', async () => {
    await kit.post('/treatments', bolus({ identifier: 'fixed' })).expect(201);
    const { body } = await kit.post('/treatments', bolus({ identifier: 'fixed', eventType: 'Note' })).expect(400);
    expect(body).toEqual({ status: 400, message: 'Field eventType cannot be modified by the client' });
  });

  it('without the fallback (API3_DEDUP_FALLBACK_ENABLED=false) time and type join nothing', async () => {
    const strict = await createV3Kit({ API3_DEDUP_FALLBACK_ENABLED: 'false' });
    try {
      await strict.plant('treatments', {
        _id: '65c7000000000000000000c1',
        eventType: 'Note',
        created_at: '2024-02-11T08:00:00.000Z'
      });
      await strict.post('/treatments', { app: 'AAPS', date: Date.parse('2024-02-11T08:00:00Z'), eventType: 'Note' }).expect(201);
    } finally {
      await strict.close();
    }
  });
});

describe('what is stored is what was sent', () => {
  it('strips active HTML, and nothing else (D7)', async () => {
    await kit
      .post('/treatments', bolus({ identifier: 'html', notes: 'a<b & BG < 70', reason: '<script>alert(1)</script>ok' }))
      .expect(201);
    expect((await kit.get('/treatments/html')).body.result).toMatchObject({ notes: 'a<b & BG < 70', reason: 'ok' });
  });

  it('odd keys, nested shapes and nulls come back (D4)', async () => {
    const odd = { 'a.b': 1, nested: { c: [1, null, { d: 'é' }] }, nul: null, yes: true, __proto__x: 1 };
    await kit.post('/treatments', bolus({ identifier: 'odd', ...odd })).expect(201);
    expect((await kit.get('/treatments/odd')).body.result).toMatchObject(odd);
  });

  it('an identifier no header can hold is percent-encoded in Location (Q15)', async () => {
    const { headers } = await kit.post('/food', bolus({ identifier: '€/ 5\n' })).expect(201);
    expect(headers.location).toBe('/api/v3/food/%E2%82%AC%2F%205%0A');
    await kit.get('/food/%E2%82%AC%2F%205%0A').expect(200);
  });

  it('created_at is neither read nor stored with API3_CREATED_AT_FALLBACK_ENABLED=false', async () => {
    const strict = await createV3Kit({ API3_CREATED_AT_FALLBACK_ENABLED: 'false' });
    try {
      await strict.post('/food', { app: 'a', created_at: ISO }).expect(400);
      await strict.post('/food', bolus({ identifier: 'n', created_at: ISO })).expect(201);
      expect((await strict.get('/food/n')).body.result).not.toHaveProperty('created_at');
    } finally {
      await strict.close();
    }
  });

  it('an open site (API3_SECURITY_ENABLE=false) asks nobody and writes no subject', async () => {
    const open = await createV3Kit({ API3_SECURITY_ENABLE: 'false' });
    try {
      await open.post('/food', bolus({ identifier: 'o' }), null).expect(201);
      expect((await open.get('/food/o', null)).body.result).not.toHaveProperty('subject');
    } finally {
      await open.close();
    }
  });
});
