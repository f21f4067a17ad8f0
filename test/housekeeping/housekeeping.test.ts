import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus/bus.ts';
import { createCommit } from '../../src/collections/commit.ts';
import { collect } from '../../src/collections/read.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createHousekeeping } from '../../src/housekeeping/housekeeping.ts';
import { newObjectId } from '../../src/storage/object-id.ts';
import type { CollectionName, Doc, Storage } from '../../src/storage/port.ts';
import { openTestStorage } from '../support/store.ts';

const NOW = Date.parse('2026-11-22T10:00:00.000Z');
const DAY = 86_400_000;
const ago = (days: number): number => NOW - days * DAY;
const iso = (days: number): string => new Date(ago(days)).toISOString();

let folder: string;
let storage: Storage;
let heard: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-housekeeping-'));
  storage = openTestStorage(join(folder, 'vigil.db'));
  heard = [];
});
afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

async function put(collection: CollectionName | 'tombstones', ...docs: Doc[]): Promise<void> {
  await storage.apply(
    docs.map((doc, n) => ({
      op: 'insert',
      collection,
      doc: { _id: newObjectId(NOW + n), srvModified: NOW + n, srvCreated: NOW, ...doc }
    }))
  );
}
const all = (collection: CollectionName): Promise<Doc[]> => collect(storage, collection, { filter: {} });

/** One round with settings; the database may pretend a size. */
async function round(env: Record<string, string>, over: Storage = storage): Promise<void> {
  const config = readConfig({ DATA_DIR: folder, ...env });
  const log = pino({ level: 'silent' });
  const bus = createBus((error) => {
    throw error;
  });
  bus.subscribe('committed', 'test', (events) => void heard.push(...events.map(({ op }) => op)));
  bus.subscribe('admin-notify', 'test', ({ title }) => void heard.push(title));
  const commit = createCommit(over, bus, () => NOW);
  const housekeeping = createHousekeeping({ config, storage: over, commit, bus, log, now: () => NOW });
  await housekeeping.run();
  await housekeeping.close();
}

const loopStatus = (days: number, extra: Doc = {}): Doc => ({
  created_at: iso(days),
  device: 'loop://iPhone',
  loop: { iob: { iob: 1.5 }, predicted: { startDate: iso(days), values: [100, 101.5, 102] } },
  ...extra
});

describe('days to keep', () => {
  it('removes what is older, of the named collections only, and tells nobody', async () => {
    await put('entries', { type: 'sgv', sgv: 100, date: ago(31) }, { type: 'sgv', sgv: 101, date: ago(29) });
    await put('treatments', { eventType: 'Note', created_at: iso(400) });
    await round({ ENTRIES_KEEP_DAYS: '30' });
    expect((await all('entries')).map(({ sgv }) => sgv)).toEqual([101]);
    expect(await all('treatments')).toHaveLength(1);
    expect(heard).toEqual([]);
    expect(await collect(storage, 'tombstones', { filter: {} })).toEqual([]);
  });

  it('keeps everything for ever when nothing is set', async () => {
    await put('entries', { type: 'sgv', sgv: 100, date: ago(4000) });
    await put('devicestatus', loopStatus(4000));
    await round({});
    expect(await all('entries')).toHaveLength(1);
    expect(await all('devicestatus')).toMatchObject([{ loop: { predicted: { values: [100, 101.5, 102] } } }]);
  });

  it('keeps a document whose times disagree: a date in seconds may be a reading of today', async () => {
    await put('entries', { type: 'sgv', sgv: 100, date: Math.floor(NOW / 1000), dateString: iso(0) });
    await put('treatments', { eventType: 'Note', created_at: iso(400), date: NOW });
    await round({ ENTRIES_KEEP_DAYS: '30', TREATMENTS_KEEP_DAYS: '30' });
    expect(await all('entries')).toHaveLength(1);
    expect(await all('treatments')).toHaveLength(1);
  });

  it('goes through more documents than one batch', async () => {
    await put('devicestatus', ...Array.from({ length: 450 }, (_, n) => loopStatus(40 + n / 100)), loopStatus(1));
    await round({ DEVICESTATUS_KEEP_DAYS: '30' });
    expect(await all('devicestatus')).toHaveLength(1);
  });

  it('forgets hard deletes after DELETED_KEEP_DAYS', async () => {
    const tombstone = (days: number): Doc => ({ _id: `entries:${days}`, collection: 'entries', srvModified: ago(days) });
    await put('tombstones', tombstone(800), tombstone(700));
    await round({});
    expect((await collect(storage, 'tombstones', { filter: {} })).map(({ _id }) => _id)).toEqual(['entries:700']);
  });

  it.each([
    ['ENTRIES_KEEP_DAYS', '3'],
    ['STORAGE_BUDGET_MB', 'much']
  ])('%s=%s stops the start with a sentence', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });
});

describe('predictions of old device statuses', () => {
  it('leave, the rest of the status stays as it was sent', async () => {
    await put('devicestatus', loopStatus(20), loopStatus(2), {
      created_at: iso(20),
      device: 'openaps://AAPS',
      openaps: { suggested: { bg: 120, predBGs: { IOB: [1, 2] } }, enacted: { rate: 1, predBGs: { IOB: [1] } }, iob: { iob: 2 } },
      uploaderBattery: 50
    });
    const before = await all('devicestatus');
    await round({ PREDICTIONS_KEEP_DAYS: '10' });
    const [old, recent, aaps] = await all('devicestatus');
    expect(old).toEqual({ ...before[0], loop: { iob: { iob: 1.5 }, predicted: { startDate: iso(20) } } });
    expect(recent).toEqual(before[1]);
    expect(aaps).toMatchObject({
      openaps: { suggested: { bg: 120 }, enacted: { rate: 1 }, iob: { iob: 2 } },
      uploaderBattery: 50
    });
    expect(JSON.stringify(aaps)).not.toContain('predBGs');
    expect(heard).toEqual([]);
  });
});

describe('storage budget', () => {
  const sized = (mib: () => number): Storage => ({
    ...storage,
    sizes: async () => ({ dataSize: mib() * 1024 * 1024, indexSize: 0 })
  });

  it('touches nothing below it', async () => {
    await put('devicestatus', loopStatus(100));
    await round(
      { STORAGE_BUDGET_MB: '50' },
      sized(() => 49)
    );
    expect(await all('devicestatus')).toMatchObject([{ loop: { predicted: { values: [100, 101.5, 102] } } }]);
  });

  it('takes predictions first, and statuses only when that was not enough', async () => {
    await put('devicestatus', loopStatus(100), loopStatus(8), loopStatus(2));
    const sizes = [60, 40, 40];
    await round(
      { STORAGE_BUDGET_MB: '50' },
      sized(() => sizes.shift() ?? 40)
    );
    const statuses = await all('devicestatus');
    expect(statuses).toHaveLength(3);
    expect(statuses.map((status) => JSON.stringify(status).includes('values'))).toEqual([false, false, true]);
  });

  it('never touches readings and treatments, keeps a month of statuses, and says when that is still too much', async () => {
    await put('devicestatus', loopStatus(100), loopStatus(29));
    await put('entries', { type: 'sgv', sgv: 100, date: ago(900) });
    await put('treatments', { eventType: 'Note', created_at: iso(900) });
    await round(
      { STORAGE_BUDGET_MB: '50' },
      sized(() => 60)
    );
    expect((await all('devicestatus')).map(({ created_at }) => created_at)).toEqual([iso(29)]);
    expect(await all('entries')).toHaveLength(1);
    expect(await all('treatments')).toHaveLength(1);
    expect(heard).toEqual(['Database too large']);
  });
});
