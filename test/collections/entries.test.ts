import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postEntries, previewEntries } from '../../src/collections/entries.ts';
import { Refusal } from '../../src/errors.ts';
import type { Doc } from '../../src/storage/port.ts';
import { CONTEXT, createKit, ISO, type Kit, NOW } from './store-kit.ts';

const post = (body: unknown): Doc[] => postEntries(body, CONTEXT).map(({ incoming }) => incoming);
const T = (minutesAgo: number): number => NOW - minutesAgo * 60_000;
const sgv = (minutesAgo: number, more: Doc = {}): Doc => ({
  type: 'sgv',
  sgv: 100,
  date: T(minutesAgo),
  dateString: ISO(minutesAgo),
  ...more
});

describe('what POST /entries understands (rest-v1-v2 §5.2)', () => {
  it.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['an object without date', { foo: 'bar' }],
    ['an empty list', []],
    ['text', 'sgv'],
    ['only a dateString, not in a list', { type: 'sgv', sgv: 136, dateString: ISO(33) }]
  ])('%s holds no entry', (_, body) => expect(post(body)).toEqual([]));

  it.each<[string, Doc, Doc]>([
    ['no dateString', { type: 'sgv', date: T(5) }, { type: 'sgv', date: T(5), utcOffset: 0, sysTime: ISO(5) }],
    [
      'an offset (xDrip+)',
      { date: 1, dateString: '2026-11-22T08:00:00.000+0200' },
      { date: 1, dateString: '2026-11-22T06:00:00.000Z', utcOffset: 120, sysTime: '2026-11-22T06:00:00.000Z' }
    ],
    [
      'no zone',
      { dateString: '2024-03-31T11:15:00' },
      { dateString: '2024-03-31T11:15:00.000Z', utcOffset: 0, sysTime: '2024-03-31T11:15:00.000Z' }
    ],
    ['no time at all', { foo: 'bar' }, { foo: 'bar', utcOffset: 0, sysTime: ISO(0) }],
    [
      'strings of a form',
      { sgv: '133', date: String(T(30)), dateString: ISO(30) },
      { sgv: '133', date: String(T(30)), dateString: ISO(30), utcOffset: 0, sysTime: ISO(30) }
    ],
    [
      'a date of digits',
      { sgv: '134', date: String(T(31)) },
      { sgv: '134', date: String(T(31)), utcOffset: null, sysTime: null }
    ],
    [
      'ISO in date',
      { date: '2024-03-31T12:00:00Z' },
      { date: '2024-03-31T12:00:00Z', utcOffset: 0, sysTime: '2024-03-31T12:00:00.000Z' }
    ],
    [
      'a fraction (Loop)',
      { date: 1711876500000.5 },
      { date: 1711876500000.5, utcOffset: 0, sysTime: '2024-03-31T09:15:00.000Z' }
    ],
    [
      'an unreadable dateString: date (row 21)',
      { date: T(7), dateString: 'garbage' },
      { date: T(7), dateString: ISO(7), utcOffset: 0, sysTime: ISO(7) }
    ],
    [
      'a UUID as _id',
      { _id: '5d7f2c11-9a1f-4f6c-8c39-0d8c3f8e2a01', date: T(5) },
      { date: T(5), identifier: '5d7f2c11-9a1f-4f6c-8c39-0d8c3f8e2a01', utcOffset: 0, sysTime: ISO(5) }
    ],
    [
      'any other text as _id (xDrip4iOS)',
      { _id: 'short', date: T(5) },
      { date: T(5), identifier: 'short', utcOffset: 0, sysTime: ISO(5) }
    ],
    [
      'an _id besides an identifier',
      { _id: 'short', identifier: 'mine', date: T(5) },
      { date: T(5), identifier: 'mine', utcOffset: 0, sysTime: ISO(5) }
    ],
    ['_id null (row 25)', { _id: null, date: T(5) } as unknown as Doc, { date: T(5), utcOffset: 0, sysTime: ISO(5) }],
    [
      'an ObjectId in upper case',
      { _id: '65A1B2C3D4E5F60718293A4C', date: T(5) },
      { _id: '65a1b2c3d4e5f60718293a4c', date: T(5), utcOffset: 0, sysTime: ISO(5) }
    ]
  ])('%s', (_, sent, understood) => expect(post([sent])).toEqual([understood]));

  it('drops an _id of the app when UUID_HANDLING is off', () => {
    const [{ incoming } = { incoming: {} }] = postEntries([{ _id: 'short', date: T(5) }], { ...CONTEXT, uuidHandling: false });
    expect(incoming).toEqual({ date: T(5), utcOffset: 0, sysTime: ISO(5) });
  });

  it.each([
    ['text in a list (crash of the reference)', [sgv(5), 'text']],
    ['null in a list (crash of the reference)', [null]],
    ['a nested list', [[sgv(5)]]],
    ['a number', 5],
    ['bytes', Buffer.from('x')],
    ['an unreadable time', { date: 'x', dateString: 'y' }],
    ['a date that is no time', [{ date: true }]],
    ['an operator', { date: T(5), $set: { a: 1 } }],
    ['a number as _id', { _id: 12345, date: T(5) }]
  ])('%s is refused', (_, body) => expect(() => post(body)).toThrow(Refusal));

  it('previews without normalising', () =>
    expect(previewEntries([{ date: T(5), notes: '<script>x</script>z' }])).toEqual([{ date: T(5), notes: 'z' }]));
});

describe('which entries are the same', () => {
  let kit: Kit;
  beforeEach(() => {
    kit = createKit();
  });
  afterEach(() => kit.close());
  const send = (body: unknown) => kit.send('entries', postEntries(body, CONTEXT));

  it('lays a repeat over the stored one: fields not sent stay', async () => {
    const [first] = await send(sgv(5, { direction: 'Flat' }));
    const [second] = await send(sgv(5, { sgv: 125 }));
    expect(second!._id).toBe(first!._id);
    expect(await kit.stored('entries')).toEqual([{ ...sgv(5, { direction: 'Flat', sgv: 125 }), utcOffset: 0, sysTime: ISO(5) }]);
  });

  it('takes the same time and type under other ids for the same reading (xDrip4iOS, nightscout-connect: no 500 code 66)', async () => {
    const ids = ['65a1b2c3d4e5f60718293a4b', '65a1b2c3d4e5f60718293a4c', 'aZ3kQ9aZ3kQ9aZ3kQ9aZ3kQ9', undefined];
    for (const _id of ids) await send([sgv(5, _id ? { _id } : {})]);
    expect((await kit.whole('entries')).map(({ _id }) => _id)).toEqual([ids[0]]);
  });

  it('keeps two readings under one app id (golden entries-post-ids)', async () => {
    await send([
      sgv(50, { _id: 'b0000000-9a1f-4f6c-8c39-0d8c3f8e2a03' }),
      sgv(55, { _id: 'b0000000-9a1f-4f6c-8c39-0d8c3f8e2a03' })
    ]);
    expect(await kit.stored('entries')).toHaveLength(2);
  });

  it('keeps readings that share date but not dateString (golden entries-post-shapes)', async () => {
    const date = 1711876500000;
    await send([
      { type: 'sgv', date, dateString: '2024-03-31T11:15:00' },
      { type: 'sgv', date, dateString: '2024-03-31T11:20:00Z' },
      { type: 'sgv', date }
    ]);
    expect(await kit.stored('entries')).toHaveLength(3);
  });

  it('finds a reading that came over v3, where there is no sysTime', async () => {
    const [v3] = postEntries([{ type: 'sgv', sgv: 99, date: T(5) }], CONTEXT);
    const { sysTime, utcOffset, ...doc } = v3!.incoming;
    await kit.send('entries', [{ incoming: doc, lookups: [], decide: () => ({ do: 'store', doc }) }]);
    await send(sgv(5, { sgv: 101 }));
    expect(await kit.stored('entries')).toEqual([{ ...sgv(5, { sgv: 101 }), utcOffset: 0, sysTime: ISO(5) }]);
  });

  it('keeps different types of one time, and untyped entries that say something else', async () => {
    await send([
      sgv(5),
      { ...sgv(5), type: 'mbg', mbg: 100 },
      { date: T(5), sgv: 1 },
      { date: T(5), sgv: 2 },
      { date: T(5), sgv: 2 }
    ]);
    expect(await kit.stored('entries')).toHaveLength(4);
  });

  it('answers a batch that comes again with the same ids, and tells nobody (D8)', async () => {
    const batch = Array.from({ length: 40 }, (_, i) => sgv(i * 5));
    const first = await send(batch);
    const told = kit.heard.length;
    const again = await send(batch);
    expect(again.map(({ _id }) => _id)).toEqual(first.map(({ _id }) => _id));
    expect(kit.heard).toHaveLength(told);
    expect(await kit.stored('entries')).toHaveLength(40);
  });

  it('stores each reading once, whatever the order and however often they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(
          Array.from({ length: 12 }, (_, i) => i),
          { minLength: 1 }
        ),
        fc.integer({ min: 1, max: 5 }),
        async (order, chunk) => {
          const fresh = createKit();
          const readings = order.map((i) => sgv(Math.floor(i / 2), { type: i % 2 ? 'sgv' : 'mbg', n: i }));
          for (let at = 0; at < readings.length; at += chunk)
            await fresh.send('entries', postEntries(readings.slice(at, at + chunk), CONTEXT));
          await fresh.send('entries', postEntries([...readings].reverse(), CONTEXT));
          expect((await fresh.stored('entries')).map(({ n }) => n).sort()).toEqual([...order].sort());
          await fresh.close();
        }
      ),
      { numRuns: 15 }
    );
  });
});
