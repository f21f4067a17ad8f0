import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postTreatments, putTreatment } from '../../src/collections/treatments.ts';
import { Refusal } from '../../src/errors.ts';
import type { Doc } from '../../src/storage/port.ts';
import { CONTEXT, createKit, ISO, type Kit } from './store-kit.ts';

const post = (body: unknown): Doc[] => postTreatments(body, CONTEXT).map(({ incoming }) => incoming);
const put = (body: unknown): Doc[] => putTreatment(body, CONTEXT).map(({ incoming }) => incoming);

describe('what POST /treatments understands (rest-v1-v2 §6.2)', () => {
  const NOTE = { eventType: 'Note', utcOffset: 0 };
  it.each<[string, Doc, Doc]>([
    ['no time: now', { eventType: 'Note' }, { ...NOTE, created_at: ISO(0) }],
    ['an unreadable time: now', { eventType: 'Note', created_at: 'garbage' }, { ...NOTE, created_at: ISO(0) }],
    ['digits: now', { eventType: 'Note', created_at: '1795329859' }, { ...NOTE, created_at: ISO(0) }],
    ['epoch ms', { eventType: 'Note', created_at: 1711876500000 }, { ...NOTE, created_at: '2024-03-31T09:15:00.000Z' }],
    ['a day', { eventType: 'Note', created_at: '2024-03-31' }, { ...NOTE, created_at: '2024-03-31T00:00:00.000Z' }],
    [
      'an offset (Carelink)',
      { eventType: 'Note', created_at: '2024-05-01T12:00:00+02:00' },
      { ...NOTE, created_at: '2024-05-01T10:00:00.000Z', utcOffset: 120 }
    ],
    [
      'eventTime wins (xDrip4iOS)',
      { eventType: 'Note', created_at: ISO(80), eventTime: ISO(85) },
      { ...NOTE, created_at: ISO(85) }
    ],
    ['utcOffset is ours', { eventType: 'Note', created_at: ISO(5), utcOffset: 999 }, { ...NOTE, created_at: ISO(5) }],
    [
      'numbers as text',
      {
        eventType: 'Meal Bolus',
        created_at: ISO(10),
        carbs: '30',
        insulin: '2.50',
        glucose: '140',
        units: 'mg/dl',
        glucoseType: 'Finger',
        duration: '15',
        preBolus: '',
        rate: '0'
      },
      {
        eventType: 'Meal Bolus',
        created_at: ISO(10),
        carbs: 30,
        insulin: 2.5,
        glucose: 140,
        units: 'mg/dl',
        glucoseType: 'Finger',
        duration: 15,
        rate: '0',
        utcOffset: 0
      }
    ],
    [
      'zero rates and durations stay (cancelled temp)',
      { created_at: ISO(1), absolute: '0', duration: 0, percent: 0 },
      { created_at: ISO(1), absolute: 0, duration: 0, utcOffset: 0 }
    ],
    [
      'a rate left empty is no zero rate',
      { created_at: ISO(1), absolute: '', percent: -50, duration: 30 },
      { created_at: ISO(1), percent: -50, duration: 30, utcOffset: 0 }
    ],
    [
      'a null rate is no zero rate',
      { created_at: ISO(1), absolute: null, percent: -50, duration: 30 },
      { created_at: ISO(1), percent: -50, duration: 30, utcOffset: 0 }
    ],
    [
      'text for numbers',
      { created_at: ISO(1), absolute: 'x', duration: 'y', percent: 'z', insulin: '1e999' },
      { created_at: ISO(1), utcOffset: 0 }
    ],
    [
      'empty values (nightguard)',
      { created_at: ISO(1), notes: '', carbs: 0, insulin: null, targetTop: '' },
      { created_at: ISO(1), utcOffset: 0 }
    ],
    [
      'no glucose takes its companions along (Q8)',
      { created_at: ISO(1), glucose: 0, glucoseType: 'Finger', units: 'mg/dl' },
      { created_at: ISO(1), utcOffset: 0 }
    ],
    [
      'an announcement',
      { eventType: 'Announcement', created_at: ISO(1) },
      { eventType: 'Announcement', created_at: ISO(1), utcOffset: 0, isAnnouncement: true }
    ],
    ['<none> (xDrip+)', { eventType: '<none>', created_at: ISO(1) }, { eventType: '', created_at: ISO(1), utcOffset: 0 }],
    [
      'an override of Loop',
      { _id: 'D5D58B3E-1F8A-4E7B-8C1C-1D37A2A3F3B1', created_at: ISO(1) },
      { identifier: 'D5D58B3E-1F8A-4E7B-8C1C-1D37A2A3F3B1', created_at: ISO(1), utcOffset: 0 }
    ],
    [
      'the rest untouched',
      { created_at: ISO(1), boluscalc: { foods: [{ _id: 'x' }] }, 'duration (min)': '5', _meal: null },
      { created_at: ISO(1), utcOffset: 0, boluscalc: { foods: [{ _id: 'x' }] }, 'duration (min)': '5', _meal: null }
    ],
    ['nothing at all', {}, { created_at: ISO(0), utcOffset: 0 }]
  ])('%s', (_, sent, understood) => expect(post(sent)).toEqual([understood]));

  it.each([
    ['an element that is no object', [{ eventType: 'Note' }, 5]],
    ['null', null],
    ['text', 'x'],
    ['nothing', undefined],
    ['an unreadable eventTime (row 29)', { eventType: 'Note', eventTime: 'garbage' }],
    ['a number as _id', { _id: 5 }],
    ['a preBolus beyond the calendar', { carbs: 5, preBolus: 1e300 }]
  ])('%s is refused', (_, body) => expect(() => post(body)).toThrow(Refusal));

  it('PUT takes one object only (row 30)', () => expect(() => put([{ eventType: 'Note' }])).toThrow(Refusal));

  it('PUT leaves <none>, as the reference does', () =>
    expect(put({ eventType: '<none>', created_at: ISO(1) })[0]!.eventType).toBe('<none>'));

  it.each([
    ['POST', post],
    ['PUT (Q9: the reference loses the carbs)', put]
  ])('%s splits a preBolus', (_, door) => {
    expect(door({ eventType: 'Meal Bolus', created_at: ISO(20), carbs: '40', insulin: 3, preBolus: '15', notes: 'pre' })).toEqual(
      [
        { eventType: 'Meal Bolus', created_at: ISO(20), insulin: 3, preBolus: 15, notes: 'pre', utcOffset: 0 },
        { created_at: ISO(5), eventType: 'Meal Bolus', carbs: 40, notes: 'pre' }
      ]
    );
  });

  it('splits none without carbs', () =>
    expect(post({ eventType: 'Meal Bolus', created_at: ISO(20), insulin: 3, preBolus: 15 })).toHaveLength(1));
});

describe('which treatments are the same (D3)', () => {
  let kit: Kit;
  beforeEach(() => {
    kit = createKit();
  });
  afterEach(() => kit.close());
  const send = (body: unknown) => kit.send('treatments', postTreatments(body, CONTEXT));
  const edit = (body: unknown) => kit.send('treatments', putTreatment(body, CONTEXT));

  it('replaces by time and type: Loop sends a running dose again', async () => {
    const dose = { eventType: 'Temp Basal', created_at: ISO(12), rate: 1.45, syncIdentifier: '74656d', duration: 30, old: true };
    const [first] = await send([dose]);
    const [second] = await send([{ ...dose, duration: 12.5, old: undefined }]);
    expect(second!._id).toBe(first!._id);
    expect((await kit.stored('treatments'))[0]).toMatchObject({ duration: 12.5 });
  });

  it('keeps both of two doses at one time when their own ids differ (the reference loses one)', async () => {
    const bolus = { eventType: 'Correction Bolus', created_at: ISO(9) };
    await send([
      { ...bolus, insulin: 0.5, syncIdentifier: 'a' },
      { ...bolus, insulin: 0.7, syncIdentifier: 'b' }
    ]);
    expect((await kit.stored('treatments')).map(({ insulin }) => insulin)).toEqual([0.5, 0.7]);
  });

  it('keeps a meal and its fat and protein equivalents, which share an id (Trio)', async () => {
    const id = '9A8B7C6D-0000-4000-8000-000000000002';
    await send([
      { id, eventType: 'Carb Correction', carbs: 45, created_at: ISO(26) },
      { id, eventType: 'Carb Correction', carbs: 5, created_at: ISO(-34) }
    ]);
    await send([{ id, eventType: 'Carb Correction', carbs: 45, created_at: ISO(26) }]);
    expect((await kit.stored('treatments')).map(({ carbs }) => carbs)).toEqual([45, 5]);
  });

  it('knows an override by its UUID when it is shortened (Loop)', async () => {
    const override = {
      _id: 'D5D58B3E-1F8A-4E7B-8C1C-1D37A2A3F3B1',
      eventType: 'Temporary Override',
      created_at: ISO(20),
      duration: 45
    };
    const [first] = await send(override);
    const [second] = await edit({ ...override, duration: 12 });
    expect(second!._id).toBe(first!._id);
    expect((await kit.stored('treatments')).map(({ duration }) => duration)).toEqual([12]);
  });

  it('does not take its own clock for identity: two notes without time in one batch both stay', async () => {
    await send([
      { eventType: 'Note', notes: 'a' },
      { eventType: 'Note', notes: 'b' }
    ]);
    expect((await kit.stored('treatments')).map(({ notes }) => notes)).toEqual(['a', 'b']);
  });

  it('knows a UUID again even when no time came with it', async () => {
    const id = '9A8B7C6D-0000-4000-8000-000000000002';
    await send({ id, eventType: 'Bolus', insulin: 1 });
    await send({ id, eventType: 'Bolus', insulin: 1 });
    expect(await kit.stored('treatments')).toHaveLength(1);
  });

  it('finds a treatment without type by its time, but none that has a type', async () => {
    await send([
      { created_at: ISO(5), carbs: 7 },
      { created_at: ISO(5), eventType: 'Note' }
    ]);
    await send({ created_at: ISO(5), carbs: 8 });
    expect((await kit.stored('treatments')).map(({ carbs }) => carbs)).toEqual([8, undefined]);
  });

  it('stores a preBolus once when it comes again', async () => {
    const meal = { eventType: 'Meal Bolus', created_at: ISO(20), carbs: 40, insulin: 3, preBolus: 15 };
    await send(meal);
    await send(meal);
    expect(await kit.stored('treatments')).toHaveLength(2);
  });

  it('never lets the carbs of a preBolus replace a dose of that minute', async () => {
    await send({ eventType: 'Meal Bolus', created_at: ISO(5), insulin: 4 });
    await send({ eventType: 'Meal Bolus', created_at: ISO(20), carbs: 40, insulin: 3, preBolus: 15 });
    expect((await kit.stored('treatments')).map(({ insulin, carbs }) => [insulin, carbs])).toEqual([
      [4, undefined],
      [3, undefined],
      [undefined, 40]
    ]);
  });

  it('inserts a PUT of an unknown _id under that _id (xDrip+)', async () => {
    const [outcome] = await edit({ _id: '65a1b2c3d4e5f60718293a4b', eventType: 'Meal Bolus', created_at: ISO(5), insulin: 1 });
    expect(outcome).toMatchObject({ _id: '65a1b2c3d4e5f60718293a4b', op: 'create' });
  });

  const treatment = fc.record(
    {
      eventType: fc.constantFrom('Bolus', 'Note', ''),
      created_at: fc.constantFrom(ISO(1), ISO(2), ISO(3)),
      syncIdentifier: fc.constantFrom('s1', 's2', 's3'),
      pumpId: fc.integer({ min: 1, max: 3 }),
      insulin: fc.constantFrom(1, 2)
    },
    { requiredKeys: ['created_at'] }
  );

  it('stores a document that comes twice once', async () => {
    await fc.assert(
      fc.asyncProperty(treatment, async (doc) => {
        const fresh = createKit();
        await fresh.send('treatments', postTreatments([doc, doc], CONTEXT));
        await fresh.send('treatments', postTreatments(doc, CONTEXT));
        expect(await fresh.stored('treatments')).toHaveLength(1);
        await fresh.close();
      }),
      { numRuns: 30 }
    );
  });

  it('keeps all of several distinct documents in any order', async () => {
    const distinct = ['Bolus', 'Note', ''].flatMap((eventType) =>
      [1, 2].flatMap((m) => ['a', 'b'].map((s) => ({ eventType, created_at: ISO(m), syncIdentifier: `${s}${m}${eventType}` })))
    );
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(distinct, { minLength: distinct.length }), async (docs) => {
        const fresh = createKit();
        for (const doc of docs) await fresh.send('treatments', postTreatments(doc, CONTEXT));
        await fresh.send('treatments', postTreatments([...docs].reverse(), CONTEXT));
        expect(await fresh.stored('treatments')).toHaveLength(distinct.length);
        await fresh.close();
      }),
      { numRuns: 10 }
    );
  });
});
