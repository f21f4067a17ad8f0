import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bus, createBus } from '../../src/bus/bus.ts';
import { type Commit, createCommit, type Mutation } from '../../src/collections/commit.ts';
import { remove } from '../../src/collections/mutations.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { Refusal } from '../../src/errors.ts';
import { createLive } from '../../src/live/create-live.ts';
import type { Live, LiveData } from '../../src/live/live.ts';
import type { Doc, Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';

// socket-v1.md §12 and §13; D19

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MIN = 60_000;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;
const iso = (ms: number) => new Date(ms).toISOString();
const log = pino({ level: 'silent' });
const config = { ...readConfig({ API_SECRET: 'a-secret-for-tests-1' }), heartbeatMs: 60_000 };

const put = (doc: Doc): Mutation => ({
  lookups: doc._id ? [{ key: { _id: doc._id } }] : [],
  decide: () => ({ do: 'store', doc })
});
const ids = (list: readonly { _id?: string }[]) => list.map(({ _id }) => _id);

let dir: string;
let storage: Storage;
let bus: Bus;
let commit: Commit;
let live: Live & { ready: Promise<void> };
let clock: number;
const now = () => clock;

beforeEach(() => {
  clock = NOW;
  dir = mkdtempSync(join(tmpdir(), 'vigil-live-'));
  storage = createSqliteStorage({ file: join(dir, 'test.sqlite') });
  bus = createBus((error) => {
    throw error;
  });
  commit = createCommit(storage, bus, now);
});
afterEach(async () => {
  vi.useRealTimers();
  await live?.close();
  await storage.close();
  rmSync(dir, { recursive: true, force: true });
});

async function start(over: Partial<Storage> = {}): Promise<void> {
  live = createLive({ storage: { ...storage, ...over }, bus, config, now, log });
  await live.ready;
}
const add = async (collection: Parameters<Commit>[0], ...docs: Doc[]) => {
  await commit(collection, 'v1', docs.map(put));
  await turn();
  await turn();
};

describe('what is loaded', () => {
  it('each collection has its window, ascending by time', async () => {
    await add('entries', ...[60, 47, 49, 1].map((h) => ({ _id: `e${h}`, type: 'sgv', sgv: 100, date: NOW - h * HOUR })));
    await add('treatments', ...[61, 59, 1].map((h) => ({ _id: `t${h}`, eventType: 'Note', created_at: iso(NOW - h * HOUR) })));
    await add(
      'treatments',
      { _id: 'number', eventType: 'Note', created_at: NOW - 2 * HOUR },
      { _id: 'date', eventType: 'Note', date: NOW - 3 * HOUR }
    );
    await add('devicestatus', ...[25, 23].map((h) => ({ _id: `d${h}`, created_at: iso(NOW - h * HOUR), uploaderBattery: 50 })));
    await add('activity', ...[49, 47].map((h) => ({ _id: `a${h}`, created_at: iso(NOW - h * HOUR), steps: 5 })));
    await add('food', { _id: 'f1', name: 'apple' }, { _id: 'f2', name: 'bread' });
    await add(
      'profile',
      { _id: 'p1', startDate: iso(NOW - 9 * DAY) },
      { _id: 'p2', startDate: iso(NOW - DAY) },
      { _id: 'p0', startDate: '9999-01-01T00:00:00.000Z' }
    );
    await start();
    const data = live.data();
    expect(live.state()).toBe('loaded');
    expect(ids(data.sgvs)).toEqual(['e47', 'e1']);
    expect(ids(data.treatments)).toEqual(['t59', 'date', 'number', 't1']);
    expect(data.devicestatus).toMatchObject([{ _id: 'd23', uploader: { battery: 50 } }]);
    expect(ids(data.activity)).toEqual(['a47']);
    expect(ids(data.food)).toEqual(['f1', 'f2']);
    expect(ids(data.profiles)).toEqual(['p2']);
    expect(data.dbstats.dataSize).toBeGreaterThan(0);
  });

  it('the latest of each single event and the permanent profile switch, however old, and the one before when it is deleted', async () => {
    await add('treatments', ...[61, 63].map((d) => ({ _id: `s${d}`, eventType: 'Site Change', created_at: iso(NOW - d * DAY) })));
    await add(
      'treatments',
      ...[10, 20].map((d) => ({ _id: `i${d}`, eventType: 'Insulin Change', created_at: iso(NOW - d * DAY) }))
    );
    await add(
      'treatments',
      ...[300, 100].map((d) => ({
        _id: `p${d}`,
        eventType: 'Profile Switch',
        duration: 0,
        profile: `P${d}`,
        created_at: iso(NOW - d * DAY)
      }))
    );
    await add('treatments', {
      _id: 'tmp',
      eventType: 'Profile Switch',
      duration: 30,
      profile: 'Sport',
      created_at: iso(NOW - 9 * DAY)
    });
    await start();
    expect(ids(live.data().treatments)).toEqual(['p100', 's61', 'i10']);
    expect(live.data().lastProfileFromSwitch).toBe('P100');
    await commit('treatments', 'v1', [remove('i10'), remove('p100')]);
    await turn();
    expect(ids(live.data().treatments)).toEqual(['p300', 's61', 'i20']);
    expect(live.data().lastProfileFromSwitch).toBe('P300');
  });

  it('leaves out what is deleted, absurd or unreadable', async () => {
    await add(
      'entries',
      { _id: 'gone', type: 'sgv', sgv: 100, date: NOW, isValid: false },
      { _id: 'far', type: 'sgv', sgv: 100, date: Date.parse('9999-01-01') },
      { _id: 'text', type: 'sgv', sgv: 'HIGH', date: NOW },
      { _id: 'ok', type: 'sgv', sgv: 100, date: NOW }
    );
    await add(
      'treatments',
      { _id: 'bad', eventType: 5, created_at: 'zzz' },
      { _id: 'odd', eventType: {}, glucose: {}, duration: [], created_at: iso(NOW) },
      { _id: 'gone', created_at: iso(NOW), isValid: false }
    );
    await add('devicestatus', { _id: 'odd', created_at: iso(NOW), uploaderBattery: {}, uploader: 5, pump: null });
    await start();
    expect(ids(live.data().sgvs)).toEqual(['ok']);
    expect(ids(live.data().treatments)).toEqual(['odd']);
    expect(ids(live.data().devicestatus)).toEqual(['odd']);
  });

  it('waits for a database that is away, and loses nothing committed meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let away = true;
    live = createLive({
      storage: {
        ...storage,
        find: (name, query) => {
          if (away) throw new Refusal('storage-away');
          return storage.find(name, query);
        }
      },
      bus,
      config,
      now,
      log
    });
    const changes: LiveData[] = [];
    live.onChange('test', (before) => changes.push(before));
    await vi.advanceTimersByTimeAsync(1500);
    expect(live.state()).toBe('booting');
    expect(live.data().sgvs).toEqual([]);
    await commit('entries', 'v1', [
      put({ _id: 'a', type: 'sgv', sgv: 100, date: NOW }),
      put({ _id: 'b', type: 'sgv', sgv: 110, date: NOW + 1 })
    ]);
    await commit('entries', 'v1', [remove('b')]);
    away = false;
    await vi.advanceTimersByTimeAsync(10_000);
    await live.ready;
    expect(live.state()).toBe('loaded');
    expect(ids(live.data().sgvs)).toEqual(['a']);
    expect(changes.map(({ lastUpdated }) => lastUpdated)).toEqual([0]);
  });

  it('a change committed while the load is reading is not lost', async () => {
    await add('entries', { _id: 'a', type: 'sgv', sgv: 100, date: NOW });
    await start({
      find: async function* (name, query) {
        const batches = storage.find(name, query);
        if (name === 'profile') await commit('entries', 'v1', [remove('a'), put({ _id: 'b', type: 'sgv', sgv: 110, date: NOW })]);
        yield* batches;
      }
    });
    expect(ids(live.data().sgvs)).toEqual(['b']);
  });
});

describe('what is committed', () => {
  let changes: [LiveData, LiveData][];
  beforeEach(async () => {
    await start();
    changes = [];
    live.onChange('test', (before, after) => changes.push([before, after]));
  });

  it('a backfill of several batches is one change', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const reading = (i: number) => ({ type: 'sgv', sgv: 100 + (i % 9), date: NOW - i * MIN });
    for (const from of [0, 500]) {
      await add('entries', ...Array.from({ length: 500 }, (_, i) => reading(from + i)));
      vi.advanceTimersByTime(30);
    }
    expect(changes).toEqual([]);
    vi.advanceTimersByTime(40);
    expect(changes.map(([before, after]) => [before.sgvs.length, after.sgvs.length])).toEqual([[0, 1000]]);
    expect(live.data()).toBe(changes[0]![1]);
  });

  it('a long backfill is told of now and then, and a single reading at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    for (let n = 0; n < 12; n += 1) {
      await add(
        'entries',
        ...Array.from({ length: 200 }, (_, i) => ({ type: 'sgv', sgv: 100, date: NOW - (n * 200 + i) * MIN }))
      );
      vi.advanceTimersByTime(39);
    }
    expect(changes).toHaveLength(1);
    await add('entries', { type: 'sgv', sgv: 100, date: NOW + 1 });
    expect(changes).toHaveLength(2);
    vi.advanceTimersByTime(1000);
    expect(changes).toHaveLength(2);
  });

  it('a batch of 100 is one change', async () => {
    await add('entries', ...Array.from({ length: 100 }, (_, i) => ({ type: 'sgv', sgv: 100 + (i % 9), date: NOW - i * MIN })));
    expect(changes).toHaveLength(1);
    expect(changes[0]![0].sgvs).toHaveLength(0);
    expect(changes[0]![1].sgvs).toHaveLength(100);
    expect(live.data()).toBe(changes[0]![1]);
  });

  it('is announced after every listener has it', async () => {
    const heard: number[] = [];
    bus.subscribe('live-updated', 'test', ({ at }) => void heard.push(at));
    await add('entries', { type: 'sgv', sgv: 100, date: NOW });
    expect(heard).toEqual([NOW]);
  });

  it.each([
    ['soft delete', { isValid: false }],
    ['edit out of the window', { created_at: iso(NOW - 9 * DAY) }]
  ])('%s takes a treatment away', async (_name, edit) => {
    await add('treatments', { _id: 't', eventType: 'Note', created_at: iso(NOW - 30 * HOUR) });
    expect(ids(live.data().treatments)).toEqual(['t']);
    await add('treatments', { _id: 't', eventType: 'Note', created_at: iso(NOW - 30 * HOUR), ...edit });
    expect(ids(live.data().treatments)).toEqual([]);
  });

  it('what is outside the window changes nothing', async () => {
    await add('entries', { type: 'sgv', sgv: 100, date: NOW - 50 * HOUR }, { type: 'sgv', sgv: 100, date: 8e15 });
    await add('treatments', { eventType: 'Note', created_at: iso(NOW - 9 * DAY) });
    expect(changes).toEqual([]);
  });

  it('treatments follow the readings around them', async () => {
    await add('entries', { _id: 'e1', type: 'sgv', sgv: 100, date: NOW - 10 * MIN });
    await add('treatments', { _id: 't', eventType: 'Note', created_at: iso(NOW - 5 * MIN) });
    const mgdl = () => live.data().treatments[0]!.mgdl;
    expect(mgdl()).toBe(100);
    await add('entries', { _id: 'e2', type: 'sgv', sgv: 140, date: NOW });
    expect(mgdl()).toBe(120);
    await add('entries', { _id: 'e2', type: 'sgv', sgv: 200, date: NOW });
    expect(mgdl()).toBe(150);
    await add('entries', { _id: 'e2', type: 'sgv', sgv: 200, date: NOW, isValid: false });
    expect(mgdl()).toBe(100);
    await commit('entries', 'v1', [remove('e1')]);
    await turn();
    expect(mgdl()).toBe(180);
  });

  it('keeps the committed document as it is', async () => {
    const doc = { _id: 'd', created_at: iso(NOW), uploaderBattery: 50, nested: { amount: 1 } };
    const [outcome] = await commit('devicestatus', 'v1', [put(doc)]);
    await turn();
    expect(outcome!.doc).toMatchObject(doc);
    expect(outcome!.doc).not.toHaveProperty('uploader');
    expect(live.data().devicestatus[0]).toHaveProperty('uploader', { battery: 50 });
  });

  it('a listener that throws hurts nobody', async () => {
    live.onChange('bad', () => {
      throw new Error('no');
    });
    const late: LiveData[] = [];
    live.onChange('late', (_before, after) => late.push(after));
    await add('entries', { type: 'sgv', sgv: 100, date: NOW });
    expect(late).toHaveLength(1);
  });

  it('food keeps its order', async () => {
    await add('food', { _id: 'f1', name: 'apple' }, { _id: 'f2', name: 'bread' });
    await add('food', { _id: 'f1', name: 'pear' });
    expect(live.data().food).toMatchObject([{ name: 'pear' }, { name: 'bread' }]);
    await commit('food', 'v1', [remove('f1')]);
    await turn();
    expect(ids(live.data().food)).toEqual(['f2']);
  });
});

describe('time passing', () => {
  it('the heartbeat lets the old go, lets in what waited, and follows the profile switch', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await add(
      'entries',
      { _id: 'old', type: 'sgv', sgv: 100, date: NOW - 47 * HOUR },
      { _id: 'ahead', type: 'sgv', sgv: 100, date: NOW + 50 * HOUR }
    );
    await add('treatments', { _id: 'p1', eventType: 'Profile Switch', duration: 0, profile: 'A', created_at: iso(NOW - DAY) });
    await add('treatments', { _id: 'p2', eventType: 'Profile Switch', duration: 0, profile: 'B', created_at: iso(NOW + HOUR) });
    await start();
    await add('entries', { _id: 'far', type: 'sgv', sgv: 100, date: NOW + 49 * HOUR });
    expect(ids(live.data().sgvs)).toEqual(['old']);
    expect(live.data().lastProfileFromSwitch).toBe('A');
    const changes: LiveData[] = [];
    live.onChange('test', (_before, after) => changes.push(after));
    vi.advanceTimersByTime(60_000);
    expect(changes).toEqual([]);
    clock += 3 * HOUR;
    vi.advanceTimersByTime(60_000);
    expect(changes).toHaveLength(1);
    expect(ids(live.data().sgvs)).toEqual(['far', 'ahead']);
    expect(live.data().lastProfileFromSwitch).toBe('B');
  });
});
