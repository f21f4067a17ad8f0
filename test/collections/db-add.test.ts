import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbAdd, type SocketCollection } from '../../src/collections/db-add.ts';
import { postTreatments } from '../../src/collections/treatments.ts';
import { Refusal } from '../../src/errors.ts';
import type { Doc } from '../../src/storage/port.ts';
import { CONTEXT, createKit, ISO, type Kit, NOW } from './store-kit.ts';

let kit: Kit;
beforeEach(() => {
  kit = createKit();
});
afterEach(() => kit.close());

const shift = (ms: number): string => new Date(NOW - 600_000 + ms).toISOString();
const T = shift(0);

/** The acknowledgement: what is stored now, without what only we add. */
async function add(collection: SocketCollection, data: unknown): Promise<Doc[]> {
  const outcomes = await kit.send(collection, dbAdd(collection, data, NOW));
  const all = await kit.whole(collection);
  return outcomes.map(({ _id }) => {
    const { srvCreated, srvModified, ...doc } = all.find((stored) => stored._id === _id)!;
    return doc;
  });
}
const count = async (collection: SocketCollection): Promise<number> => (await kit.stored(collection)).length;

describe('dbAdd of treatments (socket-v1 §8.7.1)', () => {
  it('answers a treatment of the same time and type as it is stored', async () => {
    const bolus = { eventType: 'Correction Bolus', created_at: T, insulin: 1.5 };
    const [first] = await add('treatments', bolus);
    expect(first).toEqual({ ...bolus, _id: expect.stringMatching(/^[0-9a-f]{24}$/) });
    expect(await add('treatments', { ...bolus, insulin: 2 })).toEqual([first]);
    expect(await count('treatments')).toBe(1);
  });

  it.each<[string, Doc, Doc, 'same' | 'moved' | 'new']>([
    [
      'the same dose 1.5 s later',
      { insulin: 1.5 },
      { eventType: 'Correction Bolus', insulin: 1.5, created_at: shift(1500) },
      'moved'
    ],
    [
      'the same dose 2 s earlier',
      { insulin: 1.5 },
      { eventType: 'Correction Bolus', insulin: 1.5, created_at: shift(-2000) },
      'moved'
    ],
    ['another dose 2 s later', { insulin: 1.5 }, { eventType: 'Correction Bolus', insulin: 1.6, created_at: shift(2000) }, 'new'],
    ['the same dose 2.001 s later', { insulin: 1.5 }, { insulin: 1.5, created_at: shift(2001) }, 'new'],
    ['a note 1 s later', { eventType: 'Note' }, { eventType: 'Note', notes: 'lost', created_at: shift(1000) }, 'moved'],
    ['another type without amounts', { eventType: 'Note' }, { eventType: 'Exercise', created_at: shift(1000) }, 'new'],
    [
      'a temp basal by duration and rate',
      { eventType: 'Temp Basal', duration: 30, absolute: 1, percent: 10 },
      { eventType: 'Temp Basal', duration: 30, absolute: 1, created_at: shift(1000) },
      'moved'
    ],
    [
      'the same NSCLIENT_ID, any time',
      { NSCLIENT_ID: 'abc', insulin: 1 },
      { NSCLIENT_ID: 'abc', insulin: 9, created_at: shift(90_000) },
      'same'
    ],
    ['an NSCLIENT_ID near one without', { insulin: 1.5 }, { insulin: 1.5, NSCLIENT_ID: 'abc', created_at: shift(1000) }, 'new'],
    [
      'other NSCLIENT_IDs at one time (D3: both stay)',
      { NSCLIENT_ID: 'a', insulin: 1 },
      { NSCLIENT_ID: 'b', insulin: 1, created_at: T },
      'new'
    ],
    [
      'other pump ids within 2 s (D3: both stay)',
      { pumpId: 1, insulin: 1 },
      { pumpId: 2, insulin: 1, created_at: shift(500) },
      'new'
    ],
    ['a deleted one is not brought back', { insulin: 1, isValid: false }, { insulin: 1, created_at: shift(500) }, 'new']
  ])('%s', async (_, stored, incoming, expected) => {
    const [first] = await add('treatments', { created_at: T, ...stored });
    const [answer] = await add('treatments', incoming);
    expect(await count('treatments')).toBe(expected === 'new' ? 2 : 1);
    if (expected === 'same') expect(answer).toEqual(first);
    if (expected === 'moved') expect(answer).toEqual({ ...first, created_at: incoming.created_at });
    if (expected === 'new') expect(answer!._id).not.toBe(first!._id);
  });

  it('looks within its own batch too', async () => {
    const note = (at: string, notes: string): Doc => ({ eventType: 'Note', created_at: at, notes });
    const acks = await add('treatments', [note(T, 'a1'), note(T, 'a2'), note(shift(60_000), 'a3')]);
    expect(acks.map(({ notes }) => notes)).toEqual(['a1', 'a1', 'a3']);
  });

  it('moves the date of v3 along with created_at', async () => {
    await add('treatments', { created_at: T, date: Date.parse(T), insulin: 1 });
    const [moved] = await add('treatments', { created_at: shift(1000), insulin: 1 });
    expect(moved).toMatchObject({ created_at: shift(1000), date: Date.parse(shift(1000)) });
  });

  it.each<[string, Doc, Doc]>([
    ['defaults', { notes: 'x' }, { notes: 'x', eventType: '<none>', created_at: ISO(0) }],
    ['<none> as such (AAPS)', { eventType: '<none>', created_at: T }, { eventType: '<none>', created_at: T }],
    [
      'times in UTC, with the zone kept',
      { eventType: 'N', created_at: '2026-11-22T08:00:00+02:00' },
      { eventType: 'N', created_at: '2026-11-22T06:00:00.000Z', utcOffset: 120 }
    ],
    ['epoch ms', { eventType: 'N', created_at: Date.parse(T) }, { eventType: 'N', created_at: T }],
    [
      'announcements',
      { eventType: 'Announcement', created_at: T },
      { eventType: 'Announcement', created_at: T, isAnnouncement: true }
    ],
    [
      'markup (D7)',
      { eventType: 'N', created_at: T, notes: '<script>x</script>z' },
      { eventType: 'N', created_at: T, notes: 'z' }
    ],
    ['an id of the app', { eventType: 'N', created_at: T, _id: 'my-own-id' }, { eventType: 'N', created_at: T, _id: 'my-own-id' }]
  ])('%s', async (_, sent, stored) => expect(await add('treatments', sent)).toEqual([{ _id: expect.any(String), ...stored }]));

  it('meets what came over v1', async () => {
    const bolus = { eventType: 'Correction Bolus', created_at: T, insulin: 1.5 };
    const [v1] = await kit.send('treatments', postTreatments(bolus, CONTEXT));
    expect((await add('treatments', { ...bolus, created_at: T.replace('.000Z', 'Z') }))[0]!._id).toBe(v1!._id);
  });

  it.each([
    null,
    undefined,
    'x',
    5,
    [[]],
    [null],
    [{ eventType: 'N' }, 'x'],
    { created_at: 'garbage' },
    { created_at: {} },
    { _id: 5 },
    { $where: 'x' }
  ])('%j is refused and stores nothing', (data) => {
    for (const collection of ['treatments', 'entries', 'devicestatus', 'profile', 'food', 'activity'] as const)
      expect(() => dbAdd(collection, data, NOW)).toThrow(Refusal);
  });

  it('an empty list adds nothing', () => expect(dbAdd('treatments', [], NOW)).toEqual([]));
});

describe('dbAdd elsewhere (socket-v1 §8.7.2–8.7.4)', () => {
  it('a device status is known by NSCLIENT_ID, else by time and device (D3: not by time alone)', async () => {
    const [a] = await add('devicestatus', { device: 'a', created_at: T, x: 1 });
    expect(await add('devicestatus', { device: 'a', created_at: T, x: 2 })).toEqual([a]);
    await add('devicestatus', { device: 'b', created_at: T });
    const [n] = await add('devicestatus', { NSCLIENT_ID: 'n', created_at: shift(1), device: 'a' });
    expect(await add('devicestatus', { NSCLIENT_ID: 'n', created_at: shift(2), device: 'a' })).toEqual([n]);
    expect(await count('devicestatus')).toBe(3);
  });

  it('a profile of the same startDate is replaced and keeps its _id', async () => {
    const [first] = await add('profile', { startDate: T, created_at: T, units: 'mmol', old: 1 });
    expect(await add('profile', { startDate: T, created_at: T, units: 'mg/dl' })).toEqual([
      { startDate: T, created_at: T, units: 'mg/dl', _id: first!._id }
    ]);
    expect(await count('profile')).toBe(1);
  });

  it('a reading is stored once, with the times v1 gives it, and keeps its created_at', async () => {
    const reading = { type: 'sgv', sgv: 100, date: Date.parse(T) };
    const [first] = await add('entries', reading);
    expect(first).toEqual({ _id: expect.any(String), ...reading, created_at: ISO(0), utcOffset: 0, sysTime: T });
    const told = kit.heard.length;
    const later = await kit.send('entries', dbAdd('entries', reading, NOW + 5000));
    expect(later[0]).toMatchObject({ _id: first!._id, op: 'none' });
    expect(kit.heard).toHaveLength(told);
  });

  it('foods are added; the very same activity is not', async () => {
    await add('food', [{ name: 'Apple' }, { name: 'Apple' }]);
    await add('activity', [{ created_at: T, bpm: 1 }, { created_at: T, bpm: 1 }, { bpm: 1 }]);
    expect([await count('food'), await count('activity')]).toEqual([2, 2]);
  });
});
