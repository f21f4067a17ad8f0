import { describe, expect, it } from 'vitest';
import { checkFilter, matcher } from '../../src/storage/query.ts';

const matches = (filter: unknown, doc: object): boolean => {
  checkFilter(filter);
  return matcher(filter)(doc as never);
};

describe('filters that are refused (D10)', () => {
  it.each([
    ['server-side script', { $where: 'sleep(10000)' }],
    ['script in a field', { sgv: { $where: '1' } }],
    ['$expr', { $expr: { $gt: ['$a', 1] } }],
    ['$function below $and', { $and: [{ a: { $function: {} } }] }],
    ['$accumulator', { a: { $accumulator: {} } }],
    ['operator nobody knows', { a: { $near: 1 } }],
    ['bad regular expression', { a: { $regex: '(' } }],
    ['look-ahead, which can backtrack', { a: { $regex: '(?=x)' } }],
    ['$options alone', { a: { $options: 'i' } }],
    ['$in without a list', { a: { $in: 'x' } }],
    ['empty $or', { $or: [] }],
    ['$or of text', { $or: ['x'] }],
    ['a list as filter', []],
    ['text as filter', 'x'],
    // found by fuzzing: one store answered, the other refused
    ['NUL in a regular expression', { a: { $regex: 'x\0' } }],
    ['NUL in a field name', { 'a\0': 1 }],
    ['a field name MongoDB cannot be asked for', { $or: [{ _bsontype: 1 }] }],
    ['operator inside a value', { a: { $gt: { $ne: 1 } } }],
    ['unbounded nesting', JSON.parse(`${'{"$and":['.repeat(50)}{}${']}'.repeat(50)}`)]
  ])('%s', (_name, filter) => {
    expect(() => checkFilter(filter)).toThrow(expect.objectContaining({ code: 'bad-query' }));
  });
});

describe('matcher: MongoDB rules', () => {
  it.each([
    [
      'regex with slashes (oref0: /openaps:\\/\\//)',
      { enteredBy: { $regex: 'openaps:\\/\\/' } },
      { enteredBy: 'openaps://rig' },
      true
    ],
    ['regex flags', { eventType: { $regex: 'temp', $options: 'i' } }, { eventType: 'Temp Basal' }, true],
    ['regex on list elements', { tags: { $regex: '^k' } }, { tags: ['x', 'ky'] }, true],
    ['regex never matches numbers', { sgv: { $regex: '1' } }, { sgv: 100 }, false],
    ['a string never compares with a number', { duration: { $gte: '5' } }, { duration: 60 }, false],
    ['$ne counts documents without the field (Trio)', { enteredBy: { $ne: 'Trio' } }, {}, true],
    ['$exists sees null', { carbs: { $exists: true } }, { carbs: null }, true],
    ['null matches missing', { carbs: null }, {}, true],
    ['dotted path into lists', { 'boluscalc.foods._id': 'x' }, { boluscalc: { foods: [{ _id: 'y' }, { _id: 'x' }] } }, true],
    ['two operators are ANDed', { a: { $gt: 1, $lt: 3 } }, { a: 3 }, false],
    ['$not', { a: { $not: { $gt: 1 } } }, {}, true]
  ])('%s', (_name, filter, doc, expected) => {
    expect(matches(filter, doc)).toBe(expected);
  });

  it('a pattern made to backtrack answers at once', () => {
    const began = performance.now();
    expect(matches({ notes: { $regex: '^(a+)+$' } }, { notes: `${'a'.repeat(5000)}!` })).toBe(false);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
