import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { calcDelta } from '../../src/live/delta.ts';
import { runtimeData } from '../../src/live/derived.ts';
import { NOTHING, Recent } from '../../src/live/recent.ts';
import { fullUpdate } from '../../src/sockets/full-update.ts';

// D9: no stored document, however malformed, stops the live state or a packet

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const config = readConfig({ API_SECRET: 'a-secret-for-tests-1', ENABLE: 'rawbg' });
const near = fc.integer({ min: NOW - 3_600_000, max: NOW + 60_000 });
const time = fc.oneof(
  near,
  near.map((ms) => new Date(ms).toISOString()),
  fc.constantFrom('zzz', '', 9e15, -9e15, '9999-12-31T00:00:00Z', null)
);
// the values an object is asked for when it is turned into a number or a text
const trap = fc.constantFrom<unknown>(
  { toString: 1, valueOf: 1 },
  { toJSON: 1 },
  [{ toString: null }],
  JSON.parse('{"__proto__":{"a":1}}'),
  { length: 1e9 }
);
const any = fc.oneof(fc.jsonValue(), trap, fc.constantFrom<unknown>(1e308, -0, 'mmol', '5', true));
const FIELDS = [
  'eventType',
  'glucose',
  'units',
  'duration',
  'durationInMilliseconds',
  'endmills',
  'amount',
  'absolute',
  'targetTop',
  'targetBottom',
  'profile',
  'sgv',
  'mbg',
  'unfiltered',
  'scale',
  'slope',
  'intercept',
  'device',
  'uploader',
  'uploaderBattery',
  'pump',
  'store',
  'startDate',
  'isValid',
  'mgdl',
  'type'
];
const doc = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...FIELDS), any),
    fc.record({ created_at: time, date: time, mills: fc.oneof(time, any) }, { requiredKeys: ['created_at', 'date'] }),
    fc.integer({ min: 0, max: 9 })
  )
  .chain(([fields, times, id]) =>
    fc
      .constantFrom('Temp Basal', 'Profile Switch', 'Temporary Target', 'Site Change', undefined)
      .map((eventType) => ({ ...fields, ...times, ...(eventType && { eventType }), _id: `${id}` }))
  );
const write = fc.tuple(
  fc.constantFrom('entries', 'treatments', 'devicestatus', 'profile', 'food', 'activity'),
  doc,
  fc.boolean()
);

it('hostile documents', () => {
  fc.assert(
    fc.property(fc.array(fc.array(write, { maxLength: 20 }), { maxLength: 4 }), (rounds) => {
      const recent = new Recent(config);
      let before = NOTHING;
      for (const round of rounds) {
        for (const [collection, stored, gone] of round) {
          const untouched = JSON.stringify(stored);
          if (gone) recent.drop(collection as 'food', stored._id);
          else recent.put(collection as 'food', stored as { _id: string }, NOW);
          expect(JSON.stringify(stored)).toBe(untouched);
        }
        recent.age(NOW);
        const after = recent.snapshot(NOW, {});
        JSON.stringify([
          fullUpdate(after, NOW),
          runtimeData(after),
          calcDelta(before, after, { entriesMs: 1000, devicestatusMs: 1000 })
        ]);
        for (const list of [after.sgvs, after.treatments, after.devicestatus])
          expect(list.every(({ mills }) => Number.isFinite(mills))).toBe(true);
        before = after;
      }
    }),
    { numRuns: 500 }
  );
});
