import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandBraces } from '../../src/http/v1/brace-expansion.ts';
import { patternFilter } from '../../src/http/v1/patterns.ts';
import { matcher } from '../../src/storage/query.ts';

describe('brace expansion (spec §5.7)', () => {
  it.each<[string, string[]]>([
    ['2014', ['2014']],
    ['{00..03}', ['00', '01', '02', '03']],
    ['{8..11}', ['8', '9', '10', '11']],
    ['{08..11}', ['08', '09', '10', '11']],
    ['{0..10..5}', ['0', '5', '10']],
    ['{3..1}', ['3', '2', '1']],
    ['20{14,15}-', ['2014-', '2015-']],
    ['{a,b}{1..2}', ['a1', 'a2', 'b1', 'b2']],
    ['{a,{b,c}}', ['a', 'b', 'a', 'c']],
    ['\\d{2}', ['\\d{2}']],
    ['{}', ['{}']]
  ])('%s', (text, expected) => {
    expect(expandBraces(text)).toEqual(expected);
  });

  it.each(['{0..99999999}', '{0..99}{0..99}', '{a,b}'.repeat(30)])('refuses %s instead of filling the memory', (text) => {
    expect(() => expandBraces(text)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('makes every number of a range once', () => {
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 0, max: 900 }), (from, length) => {
        const expanded = expandBraces(`{${from}..${from + length}}`);
        expect(expanded.map(Number)).toEqual(Array.from({ length: length + 1 }, (_, i) => from + i));
      })
    );
  });
});

describe('patterns of /times and /slice', () => {
  it.each<[string | undefined, string | undefined, string, boolean]>([
    ['2024-04', undefined, '2024-04-10T13:00', true],
    ['2024-04', undefined, 'x2024-04', false],
    ['2024-04', 'T{13..18}:{00..15}', '2024-04-10T13:05', true],
    ['2024-04', 'T{13..18}:{00..15}', '2024-04-10T13:40', false],
    ['2024-04', 'T{00..23}:{00..59}', '2024-04-10T23:59', true],
    ['2024-{03,04}', 'T13', '2024-04-10T13:40', true],
    ['2024-{03,04}', 'T13', '2024-05-10T13:40', false],
    [undefined, undefined, 'anything', true]
  ])('%s / %s on %s: %s', (prefix, regex, text, expected) => {
    expect(matcher(patternFilter('dateString', prefix, regex))({ dateString: text })).toBe(expected);
  });

  it.each([
    ['(', undefined],
    ['2024', '['],
    ['(', ')'],
    ['\0', undefined],
    ['{a,(}', undefined]
  ])('refuses %s / %s', (prefix, regex) => {
    expect(() => patternFilter('f', prefix, regex)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
