import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime, toIso } from '../../src/collections/times.ts';
import { Refusal } from '../../src/errors.ts';

const read = (value: unknown): string | undefined => {
  const time = parseTime(value);
  return time && `${toIso(time.mills)} ${time.offsetMinutes}`;
};

describe('reading a time (rest-v1-v2 §6.2 step 3)', () => {
  it.each([
    ['2026-11-22T08:00:00+02:00', '2026-11-22T06:00:00.000Z 120'],
    ['2024-06-10T08:13:20.000+0200', '2024-06-10T06:13:20.000Z 120'], // xDrip+
    ['2024-06-10T08:13:20.000-0330', '2024-06-10T11:43:20.000Z -210'],
    ['2024-06-10T08:13:20+02', '2024-06-10T06:13:20.000Z 120'],
    ['2024-06-10T08:13:20Z', '2024-06-10T08:13:20.000Z 0'], // Loop
    ['2024-06-10t08:13z', '2024-06-10T08:13:00.000Z 0'],
    ['2024-03-31T11:15:00', '2024-03-31T11:15:00.000Z 0'],
    ['2024-03-31T11:15:00.1239999Z', '2024-03-31T11:15:00.123Z 0'], // .NET, seven digits
    ['2019-06-10T08:07:08,576+02:00', '2019-06-10T06:07:08.576Z 120'],
    ['2024-03-31', '2024-03-31T00:00:00.000Z 0'],
    ['2024-03-31 11:15:00', '2024-03-31T11:15:00.000Z 0'],
    ['2024-03-31T24:00', '2024-04-01T00:00:00.000Z 0'],
    ['2024-03-31T11', '2024-03-31T11:00:00.000Z 0'],
    ['20240331T111500Z', '2024-03-31T11:15:00.000Z 0'],
    ['20240331', '2024-03-31T00:00:00.000Z 0'],
    ['2024-W13-7', '2024-03-31T00:00:00.000Z 0'],
    ['2024-091', '2024-03-31T00:00:00.000Z 0'],
    ['03/31/2024', '2024-03-31T00:00:00.000Z 0'],
    ['03/31/2024 11:15 PM', '2024-03-31T23:15:00.000Z 0'],
    ['Sat, 27 Apr 2019 02:40:00 +0200', '2019-04-27T00:40:00.000Z 120'],
    ['Sat, 27 Apr 2019 02:40:00 EST', '2019-04-27T07:40:00.000Z -300'],
    ['Sun Mar 31 11:20:00 UTC 2024', '2024-03-31T11:20:00.000Z 0'], // Dexcom bridges
    ['Sun Mar 31 2024 13:20:00 GMT+0200 (CEST)', '2024-03-31T11:20:00.000Z 120'],
    ['Mar 31, 2024 11:20', '2024-03-31T11:20:00.000Z 0'],
    ['2026-11-22T08:00:00 02:00', '2026-11-22T06:00:00.000Z 120'], // a form body lost the +
    ['2026-11-22T08:00:00.000 0200', '2026-11-22T06:00:00.000Z 120'],
    ['0000-02-29', '0000-02-29T00:00:00.000Z 0'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z 0'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z 0'],
    ['+275760-09-13T00:00:00.000Z', '+275760-09-13T00:00:00.000Z 0'],
    [1711876500000, '2024-03-31T09:15:00.000Z 0'],
    [1711876500000.9, '2024-03-31T09:15:00.000Z 0'], // Loop, fractional
    [1711876800, '1970-01-20T19:31:16.800Z 0'], // seconds stay a mistake of the sender
    [new Date(5), '1970-01-01T00:00:00.005Z 0']
  ])('%j is %s', (value, expected) => expect(read(value)).toBe(expected));

  it.each([
    'garbage',
    '',
    ' ',
    '1795329859',
    '1795329859000',
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-01T25:00',
    '2024-01-01T24:01',
    '2024-01-01T10:60',
    '2024-01-01T10:00:00+24:00',
    '2024-01-01T10:00:00+02:60',
    '12:30',
    'T10:00',
    '31/12/2024',
    'Dose 5 of 2024',
    'abc 12',
    '2019-20-60T50:90:90',
    '+275760-09-14T00:00:00.000Z',
    '2024-01-01'.padEnd(300, ' x'),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    true,
    null,
    undefined,
    {},
    [],
    ['2024-01-01']
  ])('%j is no time', (value) => expect(parseTime(value)).toBeUndefined());

  it('gives back every instant it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }), (mills) => {
        expect(parseTime(toIso(mills))).toEqual({ mills, offsetMinutes: 0 });
        expect(parseTime(mills)).toEqual({ mills, offsetMinutes: 0 });
      })
    );
  });

  it('keeps the instant and the zone, however the offset is spelled', () => {
    const between = { min: Date.UTC(1, 0, 2), max: Date.UTC(9998, 0, 1) };
    fc.assert(
      fc.property(
        fc.integer(between),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        fc.boolean(),
        (mills, offsetMinutes, colon) => {
          const local = toIso(mills + offsetMinutes * 60_000).slice(0, -1);
          const abs = Math.abs(offsetMinutes);
          const hh = String(Math.floor(abs / 60)).padStart(2, '0');
          const mm = String(abs % 60).padStart(2, '0');
          const text = `${local}${offsetMinutes < 0 ? '-' : '+'}${hh}${colon ? ':' : ''}${mm}`;
          expect(parseTime(text)).toEqual({ mills, offsetMinutes });
        }
      )
    );
  });

  it('never throws and never gives what toIso cannot write', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^[-+0-9:.,TWZ /]{0,30}$/), fc.anything()), (value) => {
        const time = parseTime(value);
        if (time) expect(toIso(time.mills)).toMatch(/Z$/);
      })
    );
  });

  it('refuses to write a time no calendar has', () => {
    for (const mills of [Number.NaN, 8.65e15, Number.NEGATIVE_INFINITY]) expect(() => toIso(mills)).toThrow(Refusal);
  });
});
