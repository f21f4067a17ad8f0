import fc from 'fast-check';
import { KEYS, NASTY_KEYS, VALUES } from './corpus.ts';
import { START } from './recorded.ts';

type Json = unknown;

const near = fc.integer({ min: START - 3 * 3_600_000, max: START + 3_600_000 });

/** A time in one of the ways apps write it, mostly recent. */
export const time: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: near },
  { weight: 3, arbitrary: near.map((ms) => new Date(ms).toISOString()) },
  near.map((ms) => Math.floor(ms / 1000)),
  near.map((ms) => new Date(ms).toISOString().replace('Z', '+02:00')),
  near.map((ms) => new Date(ms).toUTCString()),
  fc.double()
);

export const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 3, arbitrary: fc.constantFrom(...NASTY_KEYS) },
  fc.string({ maxLength: 8, unit: 'binary' })
);

export const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 2, arbitrary: time },
  // objects that cannot be turned into a number or a text
  fc.constantFrom<Json>({ toString: 1, valueOf: 1 }, [{ toString: null }], { valueOf: {}, toString: {}, toJSON: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('{{id:0}}', '{{id:1}}', '{{id:7}}', '{{identifier:0}}', '{{identifier:3}}')
);

const at = near.map((ms) => ({ date: ms, created_at: new Date(ms).toISOString() }));

/** What apps upload, by collection: one good document each, to be spoiled. */
const GOOD: Readonly<Record<string, readonly object[]>> = {
  entries: [
    { type: 'sgv', sgv: 120, direction: 'Flat', device: 'G6', noise: 1, filtered: 0, unfiltered: 0, rssi: 100 },
    { type: 'mbg', mbg: 110, device: 'meter' },
    { type: 'cal', slope: 900, intercept: 30000, scale: 1 }
  ],
  treatments: [
    { eventType: 'Correction Bolus', insulin: 1.2, enteredBy: 'app' },
    { eventType: 'Meal Bolus', carbs: 30, insulin: 3, preBolus: 15, glucose: 100, glucoseType: 'Finger', units: 'mg/dl' },
    { eventType: 'Temp Basal', duration: 30, percent: 20, absolute: 0.7, rate: 0.7, temp: 'absolute' },
    { eventType: 'Profile Switch', duration: 0, profile: 'Default', profileJson: '{"dia":5}' },
    { eventType: 'Temporary Target', duration: 60, targetTop: 140, targetBottom: 120, reason: 'Activity' },
    { eventType: 'Combo Bolus', insulin: 2, relative: 1, splitNow: 50, splitExt: 50, duration: 90 },
    { eventType: 'Announcement', notes: 'hello', isAnnouncement: true },
    { eventType: 'Site Change', notes: 'left' }
  ],
  devicestatus: [
    {
      device: 'loop://phone',
      uploader: { battery: 80 },
      loop: {
        iob: { iob: 1, timestamp: new Date(START).toISOString() },
        predicted: { startDate: new Date(START).toISOString(), values: [100, 110, 120] },
        timestamp: new Date(START).toISOString()
      }
    },
    {
      device: 'openaps://rig',
      openaps: {
        iob: { iob: 1, basaliob: 0.1, time: new Date(START).toISOString() },
        suggested: { bg: 120, timestamp: new Date(START).toISOString(), predBGs: { IOB: [100, 101], COB: [100] }, COB: 10 },
        enacted: { rate: 1, duration: 30, received: true, timestamp: new Date(START).toISOString() }
      },
      pump: {
        clock: new Date(START).toISOString(),
        reservoir: 86.4,
        battery: { percent: 50, status: 'normal', voltage: 1.4 },
        status: { status: 'normal', suspended: false }
      }
    },
    { device: 'xdripjs://rig', xdripjs: { state: 6, stateString: 'OK', voltagea: 300 } }
  ],
  profile: [
    {
      defaultProfile: 'Default',
      startDate: new Date(START).toISOString(),
      units: 'mg/dl',
      store: {
        Default: {
          dia: 5,
          carbratio: [{ time: '00:00', value: 10, timeAsSeconds: 0 }],
          carbs_hr: 20,
          sens: [{ time: '00:00', value: 50 }],
          basal: [
            { time: '00:00', value: 1 },
            { time: '12:00', value: 0.8 }
          ],
          target_low: [{ time: '00:00', value: 100 }],
          target_high: [{ time: '00:00', value: 120 }],
          timezone: 'Europe/Berlin',
          units: 'mg/dl'
        }
      }
    }
  ],
  food: [{ type: 'food', category: 'Fruit', name: 'Apple', portion: 100, carbs: 14, unit: 'g', gi: 2 }],
  activity: [{ heartrate: 70, steps: 10, activitylevel: 'walking' }],
  settings: [{ identifier: 'app', device: 'x', value: { a: 1 } }],
  subjects: [{ name: 'phone', roles: ['readable'], notes: '' }],
  roles: [{ name: 'watcher', permissions: ['api:entries:read'], notes: '' }],
  other: [
    { level: 1, group: 'default', time: 1000 },
    { eventType: 'Remote Bolus Entry', remoteBolus: 1, otp: '1' },
    { receipt: 'x', acknowledged: 1 }
  ]
};
const COLLECTIONS = Object.keys(GOOD);

type Spoil = { readonly where: number; readonly how: number; readonly key: string; readonly value: Json };

/** Changes a document at one random place, at any depth. */
function spoil(doc: Json, { where, how, key, value }: Spoil): Json {
  if (doc === null || typeof doc !== 'object') return how % 2 ? value : [doc];
  if (Array.isArray(doc)) {
    if (doc.length === 0 || how === 0) return [...doc, value];
    const place = where % doc.length;
    if (how === 1) return doc.toSpliced(place, 1);
    return doc.toSpliced(place, 1, how === 2 ? value : spoil(doc[place], { where: where >> 3, how, key, value }));
  }
  const entries = Object.entries(doc);
  if (entries.length === 0 || how === 0) return fromEntries([...entries, [key, value]]);
  const place = where % entries.length;
  const [name, old] = entries[place]!;
  if (how === 1) return fromEntries(entries.toSpliced(place, 1));
  if (how === 2) return fromEntries(entries.toSpliced(place, 1, [key, old]));
  if (how === 3) return fromEntries(entries.toSpliced(place, 1, [name, swapped(old, where)]));
  if (how === 4 || old === null || typeof old !== 'object') return fromEntries(entries.toSpliced(place, 1, [name, value]));
  return fromEntries(entries.toSpliced(place, 1, [name, spoil(old, { where: where >> 3, how, key, value })]));
}

// `__proto__` has to arrive as a field of its own, as JSON.parse makes it
function fromEntries(entries: readonly (readonly [string, Json])[]): Record<string, Json> {
  const doc: Record<string, Json> = {};
  for (const [name, item] of entries)
    Object.defineProperty(doc, name, { value: item, enumerable: true, configurable: true, writable: true });
  return doc;
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const swapped = (old: Json, where: number): Json =>
  [textOf(old), Number(textOf(old)) || 0, [old], { value: old }, null, Boolean(old), textOf(old).repeat(3)][where % 7];

const spoils = fc.array(fc.record({ where: fc.nat(10_000), how: fc.nat(7), key, value }), { maxLength: 4 });

/** Documents for a collection: good ones, spoiled ones, of another collection, or no documents at all. */
export function documents(recorded: readonly object[]): (collection: string) => fc.Arbitrary<Json> {
  const all = COLLECTIONS.flatMap((name) => GOOD[name]!);
  return (collection) => {
    const base = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom<object>(...(Object.hasOwn(GOOD, collection) ? GOOD[collection]! : all)) },
      { weight: 1, arbitrary: fc.constantFrom<object>(...all) },
      ...(recorded.length > 0 ? [{ weight: 3, arbitrary: fc.constantFrom<object>(...recorded) }] : [])
    );
    const dated = fc
      .tuple(base, fc.oneof({ weight: 3, arbitrary: at }, fc.constant({})))
      .map(([doc, when]) => ({ ...doc, ...when }));
    const one = fc.tuple(dated, spoils).map(([doc, changes]) => changes.reduce<Json>(spoil, doc));
    return fc.oneof(
      { weight: 8, arbitrary: one },
      { weight: 3, arbitrary: fc.array(one, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.array(fc.oneof(one, value), { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.dictionary(key, value, { maxKeys: 6 }) },
      { weight: 1, arbitrary: value }
    );
  };
}
