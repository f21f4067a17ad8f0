import { describe, expect, it } from 'vitest';
import { parseV3Time } from '../../src/collections/v3-time.ts';

describe('dates of v3 (rest-v3 §6)', () => {
  it.each<[unknown, number, number]>([
    [1556325600000, 1556325600000, 0],
    [1556325600, 1556325600000, 0],
    ['1556325600', 1556325600000, 0],
    [' 1.5563256e12 ', 1556325600000, 0],
    [1556325600000.7, 1556325600000, 0],
    ['2019-04-27T02:40:00+02:00', 1556325600000, 120],
    ['2019-04-27T02:40:00', 1556332800000, 0],
    ['2019-06-10T08:07:08,576+02:00', 1560146828576, 120],
    ['Sat, 27 Apr 2019 02:40:00 +0200', 1556325600000, 120],
    [946684801, 946684801000, 0],
    [946684800000, 946684800000, 0],
    [[null, 'x', 1556325600000], 1556325600000, 0],
    ['2019-W17-6T00:40Z', 1556325600000, 0]
  ])('%j', (value, mills, offsetMinutes) => expect(parseV3Time(value)).toEqual({ mills, offsetMinutes }));

  it.each([
    0,
    -1,
    1,
    true,
    {},
    [],
    [[1556325600000]],
    '',
    'ABC',
    '2019-20-60T50:90:90',
    null,
    undefined,
    '1999-12-31',
    'Sun Mar 31 2024 13:20:00 GMT+0200',
    '03/31/2024',
    1e300,
    Number.NaN,
    '20240331'
  ])('%j is no date', (value) => expect(parseV3Time(value)).toBeUndefined());
});
