import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListReader, createListWriter } from '../../src/storage/sqlite/cold/number-lists.ts';

/** Lines as they come back, and what is left of them as text. */
function roundTrip(lines: readonly string[]): { back: string[]; rest: string } {
  const writer = createListWriter();
  const left = lines.map((line) => writer.split(line));
  const reader = createListReader(left, writer.lengths(), writer.bits());
  return { back: left.map((line, n) => reader.join(line, n)), rest: left.join('\n') };
}

const list = (numbers: readonly (number | string)[]): string => `{"values":[${numbers.join(',')}]}`;

describe('lists of numbers', () => {
  it.each([
    ['a prediction of Loop', list([127, 128.2, 130.93213142, 133.112345678901, 134.8, 135.5, 1e-7, 1.5e300, 0])],
    ['whole numbers, as oref0 predicts', list([131, 133, 136, 138, 139, 138, 135, 131, 126, 121])],
    ['one decimal', list([5.5, 5.6, 5.8, 6, 6.1, 6.2, 6.2, 6.1, -0.3])],
    ['numbers beyond 2^53', list([9007199254740991, 1e21, 4e18, -4e18, 1.7976931348623157e308, 5e-324, 1, 2])],
    ['the same number all along', list(Array(80).fill(110))],
    ['several lists in one line', `${list([1, 2, 3, 4, 5, 6, 7, 8])}${list([8, 7, 6, 5, 4, 3, 2, 1.5])}`]
  ])('%s leaves the text and comes back', (_what, line) => {
    const { back, rest } = roundTrip([line, '{"a":1}', line]);
    expect(back).toEqual([line, '{"a":1}', line]);
    expect(rest).not.toMatch(/\d,\d/);
  });

  it.each([
    ['too short', list([1, 2, 3])],
    ['spelled in another way than JSON.stringify would', list(['1.0', '2', '3', '4', '5', '6', '7', '8'])],
    ['minus zero', list(['-0', '2', '3', '4', '5', '6', '7', '8'])],
    ['more digits than a double has', list(['0.12345678901234567890', '2', '3', '4', '5', '6', '7', '8'])]
  ])('%s: stays text', (_what, line) => {
    expect(roundTrip([line])).toEqual({ back: [line], rest: line });
  });

  it('any lists at all come back byte for byte', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 39, max: 400, noNaN: true }),
      fc.integer(),
      fc.integer({ min: 0, max: 4000 }).map((n) => n / 10)
    );
    fc.assert(
      fc.property(fc.array(fc.array(fc.array(number, { maxLength: 30 }), { maxLength: 3 }), { maxLength: 4 }), (docs) => {
        const lines = docs.map((lists) => JSON.stringify(lists));
        expect(roundTrip(lines).back).toEqual(lines);
      }),
      { numRuns: 500 }
    );
  });
});
