import { describe, expect, it } from 'vitest';
import { type Bench, idOf } from './store-bench.ts';

/** As a request body brings it: `__proto__` becomes a field of its own here, which an object literal would not do. */
const parsed = (json: string): Record<string, unknown> => JSON.parse(json) as Record<string, unknown>;

const SHAPES: readonly [what: string, json: string][] = [
  [
    'an entry of xDrip+',
    '{"device":"xDrip-DexcomG5","date":1718000000000,"dateString":"2024-06-10T06:13:20.000Z","sgv":119,"delta":-1.5,"direction":"Flat","type":"sgv","filtered":119000,"unfiltered":119000,"rssi":100,"noise":1,"sysTime":"2024-06-10T08:13:20.000+0200"}'
  ],
  ['unknown fields in their order', '{"zeta":1,"alpha":{"y":1,"b":[{"q":null,"a":{}}]},"mu":[]}'],
  ['numbers', '{"a":0,"b":-1,"c":0.1,"d":1e-7,"e":9007199254740991,"f":-2147483649,"g":1e300,"h":1.7976931348623157e308}'],
  ['text that is no ASCII', '{"notes":"Frühstück 🍞👩‍👩‍👧 \\u0000 \\" \\\\ \\n 日本 \\u2028","ключ":"значение","🍕":1}'],
  [
    'text that looks like something else',
    '{"a":"123","b":"2024-06-10T06:13:20.000Z","c":"true","d":"null","e":"5f4e3d2c1b0a998877665544","f":"","g":"$x"}'
  ],
  ['booleans and null', '{"a":true,"b":false,"c":null,"d":[null,true,[false,[]]]}'],
  [
    'a __proto__ field',
    '{"a":1,"__proto__":{"evil":true},"constructor":[{"a":[{}]}],"toString":1,"nested":{"__proto__":[{"b":1}]}}'
  ],
  ['field names with dots, spaces and none', '{"a.b":1,"a":{"b.c":2,"":3},"with space":4,"x.":5}'],
  [
    'key fields of other types',
    '{"date":"later","type":5,"identifier":null,"isValid":"yes","eventType":["Note"],"created_at":{"iso":1},"srvModified":true}'
  ]
];

/** D4: what a client sends comes back as sent. */
export function roundTripContract(bench: Bench): void {
  describe('round trip', () => {
    it.each(SHAPES)('keeps %s', async (_what, json) => {
      const doc = parsed(`{"_id":"${idOf(1)}",${json.slice(1)}`);
      await bench.put('entries', doc);
      const [found] = await bench.read('entries');
      expect(JSON.stringify(found)).toBe(JSON.stringify(doc));
      const stored = [];
      for await (const batch of bench.storage.find('entries', { filter: {} })) stored.push(...batch.map((one) => one.json));
      expect(stored).toEqual([JSON.stringify(doc)]);
    });

    it('keeps every shape through candidates and replace, as a v3 PATCH does', async () => {
      for (const [, json] of SHAPES) {
        const doc = parsed(`{"_id":"${idOf(2)}",${json.slice(1)}`);
        await bench.put('profile', doc);
        const [found] = await bench.storage.candidates('profile', [{ _id: idOf(2) }]);
        await bench.storage.apply([{ op: 'replace', collection: 'profile', doc: { ...found, _id: idOf(2), added: 1 } }]);
        const again = await bench.read('profile');
        expect(again.map((one) => JSON.stringify(one))).toEqual([JSON.stringify({ ...doc, added: 1 })]);
      }
    });

    it('does not let a stored __proto__ reach other objects', async () => {
      await bench.put('entries', parsed(`{"_id":"${idOf(1)}","__proto__":{"polluted":1}}`));
      const [found] = await bench.read('entries');
      expect(Object.hasOwn(found!, '__proto__')).toBe(true);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      expect((found as { polluted?: number }).polluted).toBeUndefined();
    });

    it.each([
      ['24 hex digits', idOf(7), idOf(7)],
      ['24 upper-case hex digits, in lower case', 'ABCDEF0123456789ABCDEF01', 'abcdef0123456789abcdef01'],
      ['a UUID of Loop', 'D6F6B3C2-1A2B-4C3D-8E9F-0A1B2C3D4E5F', 'D6F6B3C2-1A2B-4C3D-8E9F-0A1B2C3D4E5F'],
      ['24 other characters, as xDrip4iOS makes', 'aZ3kQ9aZ3kQ9aZ3kQ9aZ3kQ9', 'aZ3kQ9aZ3kQ9aZ3kQ9aZ3kQ9'],
      ['digits', '5', '5'],
      ['a tombstone id', `entries:${idOf(7)}`, `entries:${idOf(7)}`],
      ['JSON in text', '{"a":1}', '{"a":1}'],
      ['nothing at all', '', ''],
      ['odd characters', 'o\'clock"%_\\', 'o\'clock"%_\\']
    ])('keeps an id of %s and finds, replaces and removes by it', async (_what, id, shown) => {
      await bench.put('treatments', { _id: id, v: 1 });
      expect(await bench.read('treatments', { filter: { _id: id } })).toEqual([{ _id: shown, v: 1 }]);
      expect(await bench.storage.candidates('treatments', [{ _id: id }])).toEqual([{ _id: shown, v: 1 }]);
      await bench.storage.apply([{ op: 'replace', collection: 'treatments', doc: { _id: id, v: 2 } }]);
      expect(await bench.read('treatments')).toEqual([{ _id: shown, v: 2 }]);
      await bench.storage.apply([{ op: 'remove', collection: 'treatments', _id: id }]);
      expect(await bench.read('treatments')).toEqual([]);
    });

    it('keeps a large document (2 MB of predictions)', async () => {
      const doc = { _id: idOf(1), pred: Array.from({ length: 200_000 }, (_, i) => i * 1.5), text: 'é'.repeat(200_000) };
      await bench.put('entries', doc);
      expect(await bench.read('entries')).toEqual([doc]);
    });
  });
}
