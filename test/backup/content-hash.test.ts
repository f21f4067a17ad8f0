import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/backup/canonical-json.ts';
import { contentHash, createSetHash } from '../../src/backup/content-hash.ts';
import { storedDoc } from '../../src/storage/port.ts';

const shuffleKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(shuffleKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, shuffleKeys(inner)])
        )
      : value;

describe('the content hash of a store', () => {
  it('says nothing about the order of documents and of their fields', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 }), (docs) => {
        const one = createSetHash();
        const other = createSetHash();
        for (const doc of docs) one.add(JSON.stringify(doc));
        for (const doc of [...docs].reverse()) other.add(JSON.stringify(shuffleKeys(doc)));
        expect(other.hash).toBe(one.hash);
      })
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const equal = JSON.stringify(shuffleKeys(a)) === JSON.stringify(shuffleKeys(b));
        if (equal) expect(canonicalJson(JSON.parse(JSON.stringify(a)))).toBe(canonicalJson(JSON.parse(JSON.stringify(b))));
        expect(JSON.parse(canonicalJson(JSON.parse(JSON.stringify(a))))).toEqual(JSON.parse(JSON.stringify(a)));
      })
    );
  });

  it('sees a document that is there twice, one that is missing and one that was changed', () => {
    const hashOf = (...docs: object[]) => {
      const set = createSetHash();
      for (const doc of docs) set.add(JSON.stringify(doc));
      return set.hash;
    };
    const a = { _id: 'a', sgv: 100 };
    const b = { _id: 'b', sgv: 101 };
    const hashes = [hashOf(a, b), hashOf(a, b, b), hashOf(a), hashOf(a, { ...b, sgv: 102 }), hashOf(a, a), hashOf()];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('forgets a document that is taken out', () => {
    const set = createSetHash();
    set.add('{"_id":"a"}');
    const before = set.hash;
    set.add('{"_id":"b"}');
    set.remove('{"_id":"b"}');
    expect([set.hash, set.count]).toEqual([before, 1]);
  });

  it('knows in which collection a document is', async () => {
    const storeWith = (where: string) => ({
      async *find(name: string) {
        if (name === where) yield [storedDoc({ _id: 'a', sgv: 1 })];
      }
    });
    const [entries, food] = await Promise.all([contentHash(storeWith('entries')), contentHash(storeWith('food'))]);
    expect(entries.hash).not.toBe(food.hash);
    expect(entries.collections.entries?.count).toBe(1);
  });
});
