import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import { checkFilter, type Filter, matcher } from '../../src/storage/query.ts';
import { type Bench, idOf } from './store-bench.ts';

const scalar = fc.constantFrom<unknown>(null, 0, 1, 2, -1, 1.5, '', 'a', 'b', '1', 'sgv', true, false);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.record({ b: scalar }, { noNullPrototype: true }) },
  { weight: 1, arbitrary: fc.array(fc.record({ b: scalar }, { noNullPrototype: true, requiredKeys: [] }), { maxLength: 2 }) }
);
const field = fc.constantFrom('date', 'type', 'isValid', 'created_at', 'sgv', 'x', 'x.b');
// lists in two fields of one index are more than MongoDB stores
const doc = fc
  .tuple(
    fc.dictionary(fc.constantFrom('type', 'created_at'), scalar),
    fc.dictionary(fc.constantFrom('date', 'isValid', 'sgv', 'x'), value, { maxKeys: 4 })
  )
  .map(([texts, others]) => ({ ...texts, ...others }));

const comparison = fc.oneof(
  fc.tuple(fc.constantFrom('$eq', '$ne'), scalar),
  fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), fc.constantFrom<unknown>(0, 1, 1.5, '', 'a', '1')),
  fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(scalar, { maxLength: 3 })),
  fc.tuple(fc.constant('$exists'), fc.boolean()),
  fc.tuple(fc.constant('$regex'), fc.constantFrom('^a', 's.v', '', '1$', '[ab]')),
  fc.tuple(fc.constant('$size'), fc.nat({ max: 2 }))
);
const operators = fc.array(comparison, { minLength: 1, maxLength: 2 }).map((list) => Object.fromEntries(list));
const condition = fc.oneof(
  { weight: 2, arbitrary: scalar },
  { weight: 5, arbitrary: operators },
  { weight: 1, arbitrary: operators.map(($not) => ({ $not })) }
);
const id = fc.oneof(
  fc.nat({ max: 5 }).map(idOf),
  fc.array(fc.nat({ max: 5 }).map(idOf), { maxLength: 3 }).map(($in) => ({ $in })),
  fc.nat({ max: 5 }).map((n) => ({ $ne: idOf(n) }))
);
const leaf = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(field, condition, { maxKeys: 2 }) },
  { weight: 1, arbitrary: id.map((_id) => ({ _id })) }
);
const filter: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{ filter: Record<string, unknown> }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('filter'), { minLength: 1, maxLength: 3 }))
      .map(([word, parts]) => ({ [word]: parts }))
  )
})).filter;

/** The store and {@link matcher} must be of one mind: the commit path asks one and then the other. */
export function propertyContract(bench: Bench): void {
  it('returns exactly what the matcher says, for any documents and filters', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(doc, { minLength: 1, maxLength: 8 }),
        fc.array(filter, { minLength: 1, maxLength: 12 }),
        async (docs, filters) => {
          const stored: Doc[] = docs.map((fields, n) => ({ _id: idOf(n), ...fields }));
          const before = await bench.read('entries');
          await bench.storage.apply([
            ...before.map(({ _id }) => ({ op: 'remove' as const, collection: 'entries' as const, _id: _id! })),
            ...stored.map((one) => ({ op: 'insert' as const, collection: 'entries' as const, doc: one as Doc & { _id: string } }))
          ]);
          for (const one of filters) {
            checkFilter(one);
            expect(await bench.ids('entries', one as Filter)).toEqual(stored.filter(matcher(one)).map(({ _id }) => _id));
          }
        }
      ),
      { numRuns: 60 }
    );
  });

  it('returns any JSON document as it was stored', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    const key = text.filter((name) => !name.startsWith('$') && !name.includes('\0') && name !== '_id');
    const json = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(
          text,
          fc.integer(),
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
          fc.boolean(),
          fc.constant(null)
        ),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 3 })
      )
    })).any;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, json, { maxKeys: 5 }), async (fields) => {
        const doc = { _id: idOf(1), ...fields };
        await bench.put('profile', doc);
        const [found] = await bench.read('profile');
        expect(JSON.stringify(found)).toBe(JSON.stringify(doc));
      }),
      { numRuns: 200 }
    );
  });
}
