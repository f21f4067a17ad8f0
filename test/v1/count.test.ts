import { describe, expect, it } from 'vitest';
import { parseCount } from '../../src/http/v1/count.ts';
import { parseSort } from '../../src/http/v1/sort.ts';

describe('count (D12)', () => {
  it.each<[unknown, number]>([
    [undefined, 10],
    ['', 10],
    ['3', 3],
    ['2.7', 2],
    ['1e1', 1],
    // oref0 appends its secret
    ['1?0123456789abcdef', 1],
    [['3', '4'], 3],
    ['9999999', 1000]
  ])('%j is %d', (value, expected) => {
    expect(parseCount(value, 10, 1000)).toBe(expected);
  });

  it.each<unknown>(['0', '-1', 'abc', { a: '1' }, [[]]])('%j is refused', (value) => {
    expect(() => parseCount(value, 10, 1000)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('holds the ceiling over a default without limit', () => {
    expect(parseCount(undefined, Number.POSITIVE_INFINITY, 1000)).toBe(1000);
  });
});

describe('sort', () => {
  it.each<[unknown, unknown]>([
    [undefined, [['date', -1]]],
    ['created_at', [['created_at', 1]]],
    [{ created_at: '-1' }, [['created_at', -1]]],
    [
      { a: 'asc', b: 'descending' },
      [
        ['a', 1],
        ['b', -1]
      ]
    ]
  ])('%j', (value, expected) => {
    expect(parseSort(value, [['date', -1]])).toEqual(expected);
  });

  it.each<unknown>([{ date: '0' }, { date: 'up' }, { date: { $gt: '1' } }, ['date'], { $where: '1' }, { 'a..b': '1' }, '\0', {}])(
    '%j is refused',
    (value) => {
      expect(() => parseSort(value, [])).toThrow(expect.objectContaining({ status: 400 }));
    }
  );
});
