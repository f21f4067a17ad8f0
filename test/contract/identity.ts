import { describe, expect, it } from 'vitest';
import { identityLookups } from '../../src/collections/identity.ts';
import type { Doc, Key, StoreName } from '../../src/storage/port.ts';
import { type Bench, idOf } from './store-bench.ts';

const UUID = '8A1F0B1C-2D3E-4F50-8171-92A3B4C5D6E7';
const AT = '2026-11-22T10:00:00.000Z';

/** Every shape of key that {@link identityLookups} makes, by the app that needs it. */
const UPLOADS: readonly [what: string, collection: StoreName, doc: Doc][] = [
  ['AAPS v3: identifier', 'treatments', { identifier: UUID, eventType: 'Bolus', created_at: AT }],
  ['an identifier with dots and a dash', 'treatments', { identifier: 'a.b-c_1', created_at: AT }],
  ['v1-born document addressed by its _id', 'treatments', { _id: idOf(1), notes: 'x' }],
  ['AAPS v1: NSCLIENT_ID', 'treatments', { NSCLIENT_ID: 1718000000000, eventType: 'Note' }],
  ['Loop: syncIdentifier', 'treatments', { syncIdentifier: 'abc/def+==', eventType: 'Correction Bolus' }],
  ['xDrip+: uuid', 'treatments', { uuid: UUID, eventType: 'Note' }],
  ['Trio: id and time', 'treatments', { id: UUID, created_at: AT, eventType: 'Carb Correction' }],
  ['AAPS: pump ids', 'treatments', { pumpId: 77, pumpType: 'OMNIPOD_DASH', pumpSerial: '4241', eventType: 'Bolus' }],
  ['entries: date and type', 'entries', { date: 1718000000000, type: 'sgv', sgv: 100 }],
  ['treatments: created_at and eventType', 'treatments', { created_at: AT, eventType: 'Temp Basal' }],
  ['profile: created_at', 'profile', { created_at: AT, defaultProfile: 'Default' }]
];

export function identityContract(bench: Bench): void {
  describe('candidates', () => {
    it.each(UPLOADS)('%s', async (_what, collection, doc) => {
      const stored = { _id: idOf(1), ...doc };
      const other = { _id: idOf(2), identifier: 'other', created_at: 'other', date: 1, type: 'mbg', eventType: 'Other' };
      await bench.put(collection, stored, other);
      const lookups = identityLookups(collection as 'entries', doc);
      expect(lookups.length).toBeGreaterThan(0);
      // an `identifier` is also tried as `_id`; that one key alone finds nothing here
      const finding = lookups.map(({ key }) => key).filter((key) => !('_id' in key) || key._id === idOf(1));
      for (const key of finding) expect([key, await bench.storage.candidates(collection, [key])]).toEqual([key, [stored]]);
      expect(
        await bench.storage.candidates(
          collection,
          lookups.map(({ key }) => key)
        )
      ).toEqual([stored]);
    });

    it('each document once, however many keys find it', async () => {
      const doc = { _id: idOf(1), identifier: 'x', date: 5, type: 'sgv' };
      await bench.put('entries', doc);
      expect(
        await bench.storage.candidates('entries', [{ _id: idOf(1) }, { identifier: 'x' }, { date: 5, type: 'sgv' }])
      ).toEqual([doc]);
    });

    it('all duplicates under one key', async () => {
      await bench.put('entries', ...[1, 2, 3].map((n) => ({ _id: idOf(n), date: 5, type: 'sgv', n })), {
        _id: idOf(4),
        date: 5,
        type: 'mbg'
      });
      const found = await bench.storage.candidates('entries', [{ date: 5, type: 'sgv' }]);
      expect(found.map(({ n }) => n).sort()).toEqual([1, 2, 3]);
    });

    it('no key, unknown keys, keys of another type: nothing', async () => {
      await bench.put('entries', { _id: idOf(1), date: 5, type: 'sgv', identifier: '7' });
      expect(await bench.storage.candidates('entries', [])).toEqual([]);
      expect(
        await bench.storage.candidates('entries', [{ identifier: 'nobody' }, { _id: idOf(9) }, { date: 6, type: 'sgv' }])
      ).toEqual([]);
      expect(await bench.storage.candidates('entries', [{ identifier: 7 }, { date: '5', type: 'sgv' }])).toEqual([]);
    });

    it('a key meets the whole value: not the element of a list', async () => {
      await bench.put('entries', { _id: idOf(1), identifier: ['x', 'y'] }, { _id: idOf(2), identifier: 'x' });
      const found = await bench.storage.candidates('entries', [{ identifier: 'x' }]);
      expect(found.filter(({ identifier }) => identifier === 'x')).toHaveLength(1);
    });

    it('a backfill of 1,500 keys', async () => {
      await bench.put(
        'entries',
        ...Array.from({ length: 700 }, (_, n) => ({ _id: idOf(n), date: n, type: 'sgv', identifier: `i${n}` }))
      );
      const keys = Array.from({ length: 500 }, (_, n): Key[] => [
        { identifier: `i${n}` },
        { _id: idOf(n) },
        { date: n + 300, type: 'sgv' }
      ]).flat();
      const found = await bench.storage.candidates('entries', keys);
      expect(new Set(found.map(({ _id }) => _id)).size).toBe(700);
      expect(found).toHaveLength(700);
    });
  });
}
