import { describe, expect, it } from 'vitest';
import { checkFilter, type Filter, matcher } from '../../src/storage/query.ts';
import type { Bench } from './store-bench.ts';

/** One value each, under the field the filters ask for; `missing` has none. */
const VALUES: Record<string, unknown> = {
  n5: 5,
  n10: 10,
  'n10.5': 10.5,
  negative: -3,
  text10: '10',
  textA: 'apple',
  textB: 'Banana',
  empty: '',
  null: null,
  yes: true,
  no: false,
  list: [5, 'apple'],
  emptyList: [],
  object: { b: 1, c: 'x' },
  objects: [
    { b: 1, c: 'x' },
    { b: 2, c: 'y' }
  ]
};

/** `f` stands for the field. MongoDB's rules: type bracketing, lists match by element, null matches missing. */
const CASES: readonly [filter: string, expected: string][] = [
  ['{"f": 5}', 'n5 list'],
  ['{"f": "10"}', 'text10'],
  ['{"f": ""}', 'empty'],
  ['{"f": true}', 'yes'],
  ['{"f": null}', 'null missing'],
  ['{"f": {"$eq": null}}', 'null missing'],
  ['{"f": {"$ne": null}}', 'n5 n10 n10.5 negative text10 textA textB empty yes no list emptyList object objects'],
  ['{"f": {"$ne": 5}}', 'n10 n10.5 negative text10 textA textB empty null yes no emptyList object objects missing'],
  ['{"f": {"$gt": 5}}', 'n10 n10.5'],
  ['{"f": {"$gte": 5}}', 'n5 n10 n10.5 list'],
  ['{"f": {"$lt": 10}}', 'n5 negative list'],
  ['{"f": {"$lte": 10, "$gt": 5}}', 'n10'],
  ['{"f": {"$gte": "10"}}', 'text10 textA textB list'],
  ['{"f": {"$lt": "apple"}}', 'text10 textB empty'],
  ['{"f": {"$gt": ""}}', 'text10 textA textB list'],
  ['{"f": {"$in": [10, "apple"]}}', 'n10 textA list'],
  ['{"f": {"$in": []}}', ''],
  ['{"f": {"$in": [null, 5]}}', 'n5 null list missing'],
  ['{"f": {"$nin": [10, "apple", null]}}', 'n5 n10.5 negative text10 textB empty yes no emptyList object objects'],
  ['{"f": {"$nin": []}}', 'n5 n10 n10.5 negative text10 textA textB empty null yes no list emptyList object objects missing'],
  ['{"f": {"$exists": true}}', 'n5 n10 n10.5 negative text10 textA textB empty null yes no list emptyList object objects'],
  ['{"f": {"$exists": false}}', 'missing'],
  ['{"f": {"$regex": "^[ab]"}}', 'textA list'],
  ['{"f": {"$regex": "^[ab]", "$options": "i"}}', 'textA textB list'],
  ['{"f": {"$regex": "an.na$", "$options": "gi"}}', 'textB'],
  ['{"f": {"$regex": ""}}', 'text10 textA textB empty list'],
  ['{"f": {"$not": {"$gt": 5}}}', 'n5 negative text10 textA textB empty null yes no list emptyList object objects missing'],
  ['{"f": {"$not": {"$regex": "a"}}}', 'n5 n10 n10.5 negative text10 empty null yes no emptyList object objects missing'],
  ['{"f": {"$size": 2}}', 'list objects'],
  ['{"f": {"$size": 0}}', 'emptyList'],
  ['{"f": []}', 'emptyList'],
  ['{"f": [5, "apple"]}', 'list'],
  ['{"f": {"$all": [5, "apple"]}}', 'list'],
  ['{"f": {"$all": [5]}}', 'n5 list'],
  ['{"f": {"$mod": [5, 0]}}', 'n5 n10 n10.5 list'],
  ['{"f": {"$type": "string"}}', 'text10 textA textB empty list'],
  ['{"f": {"$type": "bool"}}', 'yes no'],
  ['{"f": {"$elemMatch": {"b": 2, "c": "y"}}}', 'objects'],
  ['{"f": {"$elemMatch": {"b": 2, "c": "x"}}}', ''],
  ['{"f": {"$elemMatch": {"$gt": 3}}}', 'list'],
  ['{"f": {"b": 1, "c": "x"}}', 'object objects'],
  ['{"f.b": 1}', 'object objects'],
  ['{"f.b": {"$gte": 2}}', 'objects'],
  ['{"f.0": 5}', 'list'],
  ['{"f.1.c": "y"}', 'objects'],
  ['{"f.b": {"$exists": false}}', 'n5 n10 n10.5 negative text10 textA textB empty null yes no list emptyList missing'],
  ['{"$or": [{"f": 5}, {"f": "apple"}]}', 'n5 textA list'],
  ['{"$and": [{"f": {"$gt": 4}}, {"f": {"$lt": 10}}]}', 'n5 list'],
  [
    '{"$nor": [{"f": {"$gte": 5}}, {"f": {"$exists": false}}]}',
    'negative text10 textA textB empty null yes no emptyList object objects'
  ],
  ['{"$or": [{"f": {"$regex": "^app"}}, {"$and": [{"f": 10}, {"_id": "n10"}]}]}', 'n10 textA list'],
  ['{"_id": "n5"}', 'n5'],
  ['{"_id": {"$in": ["n5", "yes", "unknown"]}, "f": 5}', 'n5'],
  ['{"_id": {"$ne": "n5"}, "f": 5}', 'list'],
  ['{"_id": {"$gte": "text"}}', 'text10 textA textB yes'],
  ['{"_id": {"$regex": "^n[0-9]+$"}}', 'n10 n5'],
  ['{"_id": {"$not": {"$regex": "e|l"}}}', 'missing n10 n10.5 n5 no'],
  ['{}', 'n5 n10 n10.5 negative text10 textA textB empty null yes no list emptyList object objects missing']
];

/** `date` and `type` have a column or index of their own, `isValid` too but for booleans; `sgv` and `extra.deep` have none. */
const FIELDS = ['date', 'type', 'isValid', 'sgv', 'extra.deep'];

function docWith(_id: string, field: string, value: unknown): { _id: string; [field: string]: unknown } {
  const [head, tail] = field.split('.') as [string, string?];
  return { _id, [head]: tail ? { [tail]: value } : value };
}

export function filterContract(bench: Bench): void {
  describe.each(FIELDS)('filters on %s', (field) => {
    const docs = [...Object.entries(VALUES).map(([id, value]) => docWith(id, field, value)), { _id: 'missing', other: 1 }];

    it('match exactly what MongoDB says', async () => {
      await bench.put('entries', ...docs);
      const wrong: string[] = [];
      for (const [text, expected] of CASES) {
        const filter: unknown = JSON.parse(text.replaceAll('"f', `"${field}`));
        checkFilter(filter);
        const wanted = expected.split(' ').filter(Boolean).sort().join(' ');
        const found = (await bench.ids('entries', filter)).join(' ');
        const counted = await bench.storage.count('entries', filter);
        const judged = docs
          .filter(matcher(filter))
          .map(({ _id }) => _id)
          .sort()
          .join(' ');
        if (found !== wanted) wrong.push(`${text}\n   store:   ${found}\n   MongoDB: ${wanted}`);
        if (judged !== wanted) wrong.push(`${text}\n   matcher: ${judged}\n   MongoDB: ${wanted}`);
        if (counted !== found.split(' ').filter(Boolean).length) wrong.push(`${text} count: ${counted}`);
      }
      expect(wrong.join('\n')).toBe('');
    });
  });

  it('a dotted path goes through lists as MongoDB does', async () => {
    const values = [
      undefined,
      null,
      5,
      {},
      { b: null },
      { b: 1 },
      [],
      [1],
      [{}],
      [{ b: null }],
      [{ b: 1 }],
      [{ b: 1 }, {}],
      [[{ b: 1 }]],
      { b: [] },
      [{ b: [] }],
      [{ b: [1] }]
    ];
    const name = (n: number) => n.toString(36);
    await bench.put('entries', ...values.map((x, n) => ({ _id: name(n), ...(x !== undefined && { x }) })));
    const cases: [Filter, string][] = [
      [{ 'x.b': null }, '012346789bc'],
      [{ 'x.b': { $ne: null } }, '5adef'],
      [{ 'x.b': { $exists: true } }, '459abdef'],
      [{ 'x.b': { $exists: false } }, '0123678c'],
      [{ 'x.b': 1 }, '5abf'],
      [{ 'x.b': { $size: 0 } }, 'de'],
      [{ 'x.b': [] }, 'de'],
      [{ 'x.b': { $elemMatch: { $gte: 1 } } }, 'f'],
      [{ 'x.0.b': 1 }, 'abcf'],
      [{ 'x.1.b': { $exists: true } }, '']
    ];
    for (const [filter, expected] of cases)
      expect([filter, (await bench.ids('entries', filter)).join('')]).toEqual([filter, expected]);
  });

  it('a stored field that shadows a property of all objects harms no filter', async () => {
    for (const name of ['constructor', 'hasOwnProperty', 'toString', '__proto__', 'length']) {
      await bench.put('entries', JSON.parse(`{"_id":"1","x":{"${name}":1},"${name}":1,"date":{"${name}":1}}`));
      for (const field of ['x', 'date', 'constructor', 'toString']) {
        for (const condition of [
          null,
          1,
          { $in: [null, 'a'] },
          { $nin: ['a', 1] },
          { $gt: 1 },
          { $not: { $regex: 'a' } },
          { $all: ['a'] },
          { $type: 'object' }
        ]) {
          const expected = matcher({ [field]: condition })((await bench.read('entries'))[0]!) ? ['1'] : [];
          expect([name, field, condition, await bench.ids('entries', { [field]: condition })]).toEqual([
            name,
            field,
            condition,
            expected
          ]);
        }
      }
    }
  });

  it('a field name with quotes, dots or Unicode is only a name', async () => {
    await bench.put('entries', { _id: '1', "it's": 1, 'say "x"': 2, größe: 3, 'a)b': 4 });
    for (const filter of [
      { "it's": 1 },
      { 'say "x"': 2 },
      { größe: 3 },
      { 'a)b': 4 },
      { "it's": { $exists: true } },
      { 'a)b': { $gt: 3 } }
    ] as Filter[]) {
      expect(await bench.ids('entries', filter)).toEqual(['1']);
    }
    expect(await bench.ids('entries', { "x') OR 1=1 --": 1 })).toEqual([]);
    expect(
      await bench.read('entries', {
        sort: [
          ["it's", -1],
          ['say "x"', 1]
        ]
      })
    ).toHaveLength(1);
  });

  it('finds ids of 24 hex digits in either case, also in lists and ranges', async () => {
    const id = 'abcdef0123456789abcdef01';
    await bench.put('entries', { _id: id, v: 1 }, { _id: 'other', v: 1 });
    for (const _id of [
      id,
      id.toUpperCase(),
      { $eq: id },
      { $in: [id.toUpperCase()] },
      { $gte: id, $lte: id },
      { $not: { $ne: id } },
      { $regex: '^abc' }
    ]) {
      expect([_id, await bench.ids('entries', { _id })]).toEqual([_id, [id]]);
    }
    expect(await bench.ids('entries', { _id: { $ne: id } })).toEqual(['other']);
    expect(await bench.ids('entries', { _id: { $nin: [id, 'x'] }, v: 1 })).toEqual(['other']);
    expect(await bench.ids('entries', { $or: [{ _id: id }, { _id: 'other' }] })).toEqual([id, 'other']);
    expect(await bench.ids('entries', { $nor: [{ _id: id }] })).toEqual(['other']);
  });
}
