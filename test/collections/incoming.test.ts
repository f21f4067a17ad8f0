import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit } from '../../src/collections/incoming.ts';

describe('a document that comes in', () => {
  it('is taken as it is where nothing has to change: a backfill makes thousands', () => {
    const sent = { type: 'sgv', sgv: 100, tags: ['a', 'b'], deep: { list: [{ note: 'fine & good' }] } };
    expect(admit(sent)).toBe(sent);
  });

  it.each([
    ['in itself', { a: 1, notes: '<script>x</script>hi', b: 2 }, { a: 1, notes: 'hi', b: 2 }],
    ['deep in a list', { a: [1, { b: ['x', 'y<script>z</script>'] }, 3] }, { a: [1, { b: ['x', 'y'] }, 3] }],
    ['in the name of a field', { a: 1, 'b\ud800': 2, c: 3 }, { a: 1, 'b\ufffd': 2, c: 3 }],
    ['in an id that says nothing', { a: 1, _id: null, b: 2 }, { a: 1, b: 2 }]
  ])('is copied where something changes %s; all else keeps its place, and what was sent stays as it was', (_, sent, stored) => {
    const before = structuredClone(sent);
    expect(JSON.stringify(admit(sent))).toBe(JSON.stringify(stored));
    expect(sent).toEqual(before);
  });

  it('keeps a field called __proto__ as a field, also in a copy', () => {
    const sent = JSON.parse('{"a":1,"__proto__":{"b":2},"notes":"<script></script>"}') as object;
    const stored = admit(sent);
    expect(JSON.stringify(stored)).toBe('{"a":1,"__proto__":{"b":2},"notes":""}');
    expect(Object.getPrototypeOf(stored)).toBe(Object.prototype);
  });

  it('of any JSON is what a copy of it would be', () => {
    const copied = (value: unknown): unknown => {
      if (typeof value === 'string') return value.toWellFormed();
      if (Array.isArray(value)) return value.map(copied);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), copied(item)]));
    };
    const text = fc.oneof(fc.string(), fc.constantFrom('\ud800', 'a\udc00b', 'plain')).filter((one) => !/[<$\0]/.test(one));
    const json = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
      list: fc.array(tie('any'), { maxLength: 4 }),
      object: fc.dictionary(
        text.filter((name) => !['_id', 'identifier', '_bsontype', '__proto__'].includes(name)),
        tie('any'),
        { maxKeys: 5 }
      )
    }));
    fc.assert(
      fc.property(json.object, (sent) => {
        const before = JSON.stringify(sent);
        expect(JSON.stringify(admit(sent))).toBe(JSON.stringify(copied(sent)));
        expect(JSON.stringify(sent)).toBe(before);
      }),
      { numRuns: 500 }
    );
  });
});
