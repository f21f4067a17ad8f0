import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus/bus.ts';
import type { Committed } from '../../src/bus/events.ts';
import { type Commit, createCommit } from '../../src/collections/commit.ts';
import { patch, remove, upsert } from '../../src/collections/mutations.ts';
import { collect } from '../../src/collections/read.ts';
import { Refusal } from '../../src/errors.ts';
import type { Doc, Storage } from '../../src/storage/port.ts';
import { openTestStorage } from '../support/store.ts';

let folder: string;
let storage: Storage;
let commit: Commit;
let heard: Committed[];
const NOW = 1_700_000_000_000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-commit-'));
  storage = openTestStorage(join(folder, 'vigil.db'));
  const bus = createBus(() => {});
  heard = [];
  bus.subscribe('committed', 'test', (events) => void heard.push(...events));
  commit = createCommit(storage, bus, () => NOW);
});

afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What no store can write down. */
const REFUSED: Doc = {
  nested: Object.defineProperty({}, 'field', {
    enumerable: true,
    get: () => {
      throw new Error('refused by the store');
    }
  })
};

const reading = (date: number, fields: Doc = {}) =>
  upsert('entries', { type: 'sgv', date, sgv: 100, ...fields }, { onMatch: 'merge' });
const stored = (collection: 'entries' | 'treatments' = 'entries') => collect(storage, collection, { filter: {} });

describe('the one write path', () => {
  it('gives every document _id, srvCreated and srvModified, and ignores what a client says of them (D2)', async () => {
    const [outcome] = await commit('entries', 'v1', [reading(1, { srvModified: 5, srvCreated: 5 })]);
    expect(outcome?.doc).toMatchObject({ srvModified: NOW, srvCreated: NOW, _id: expect.stringMatching(/^[0-9a-f]{24}$/) });
  });

  it('srvModified strictly rises even when the clock stands still (D5)', async () => {
    const outcomes = await commit(
      'entries',
      'v1',
      [1, 2, 3].map((n) => reading(n))
    );
    expect(outcomes.map(({ doc }) => doc?.srvModified)).toEqual([NOW, NOW + 1, NOW + 2]);
  });

  it('goes on after the newest stored srvModified when the process starts again with its clock set back', async () => {
    await commit('entries', 'v1', [reading(1)]);
    const earlier = createCommit(
      storage,
      createBus(() => {}),
      () => NOW - 60_000
    );
    const [outcome] = await earlier('entries', 'v1', [reading(2)]);
    expect(outcome?.doc?.srvModified).toBe(NOW + 1);
  });

  it('announces each change once, after it can be read, with the version it replaced (D1, D6)', async () => {
    await commit('entries', 'v1', [reading(1, { direction: 'Flat' })]);
    await commit('entries', 'v3', [reading(1, { sgv: 125 })]);
    expect(heard.map(({ op, door, doc, previous }) => [op, door, doc.sgv, previous?.sgv])).toEqual([
      ['create', 'v1', 100, undefined],
      ['update', 'v3', 125, 100]
    ]);
    expect(await stored()).toMatchObject([{ sgv: 125, direction: 'Flat' }]);
  });

  it('a document twice in one batch becomes one', async () => {
    const outcomes = await commit('entries', 'v1', [reading(1), reading(1, { sgv: 105 })]);
    expect(outcomes.map(({ op }) => op)).toEqual(['create', 'update']);
    expect(outcomes[0]?.doc?._id).toBe(outcomes[1]?.doc?._id);
    expect(await stored()).toHaveLength(1);
  });

  it('the same upload a hundred times at once is one document, and everybody gets its id', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => commit('entries', 'v1', [reading(7)])));
    expect(new Set(answers.map(([outcome]) => outcome?.doc?._id)).size).toBe(1);
    expect(await stored()).toHaveLength(1);
  });

  it('keeps both of two doses at one time whose own ids differ (D3)', async () => {
    const dose = (syncIdentifier: string) =>
      upsert(
        'treatments',
        { eventType: 'Correction Bolus', created_at: '2026-01-01T00:00:00.000Z', insulin: 1, syncIdentifier },
        { onMatch: 'replace' }
      );
    await commit('treatments', 'v1', [dose('a'), dose('b')]);
    await commit('treatments', 'v1', [dose('a')]);
    expect(await stored('treatments')).toHaveLength(2);
  });

  it('keeps a meal and its fat/protein equivalents, which share one id (Trio)', async () => {
    const id = '5f0c7c1e-7c3b-4a39-9b61-0d4f1b1a2c3d';
    const carbs = (created_at: string) =>
      upsert('treatments', { eventType: 'Carb Correction', created_at, carbs: 10, id }, { onMatch: 'replace' });
    await commit('treatments', 'v1', [carbs('2026-01-01T00:00:00.000Z'), carbs('2026-01-01T01:00:00.000Z')]);
    expect(await stored('treatments')).toHaveLength(2);
  });

  it('a refusal inside a request takes back all of that request, and nothing of its neighbours', async () => {
    const refusing = {
      lookups: [],
      decide: () => {
        throw new Refusal('bad-document', 'no');
      }
    };
    const results = await Promise.allSettled([
      commit('entries', 'v1', [reading(1)]),
      commit('entries', 'v1', [reading(2), refusing]),
      commit('entries', 'v1', [reading(2, { sgv: 200 })])
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await stored()).map(({ date, sgv }) => [date, sgv])).toEqual([
      [1, 100],
      [2, 200]
    ]);
    expect(heard).toHaveLength(2);
  });

  it('a document the store refuses does not fail those that shared its batch', async () => {
    const unstorable = upsert(
      'entries',
      {
        type: 'sgv',
        date: 3,
        ...REFUSED
      },
      { onMatch: 'merge' }
    );
    const results = await Promise.allSettled([
      commit('entries', 'v1', [reading(0)]),
      commit('entries', 'v1', [reading(1)]),
      commit('entries', 'v1', [unstorable]),
      commit('entries', 'v1', [reading(2)])
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await stored()).toHaveLength(3);
    expect(heard).toHaveLength(3);
  });

  it('a hard delete leaves a tombstone outside the collection, so that HISTORY can tell', async () => {
    const [created] = await commit('entries', 'v1', [reading(1)]);
    const [gone, again] = await commit('entries', 'v1', [remove(created!.doc!._id), remove(created!.doc!._id)]);
    expect([gone?.op, again?.op]).toEqual(['delete', 'none']);
    expect(await stored()).toEqual([]);
    expect(await collect(storage, 'tombstones', { filter: {} })).toMatchObject([
      { collection: 'entries', identifier: created!.doc!._id, isValid: false, srvModified: NOW + 1, sgv: 100 }
    ]);
  });

  it('patch reaches into nested fields and leaves the rest alone; an unknown id changes nothing', async () => {
    const [created] = await commit('entries', 'v1', [reading(1, { a: { b: 1, c: [1, 2] } })]);
    await commit('entries', 'root', [
      patch(created!.doc!._id, { 'a.b': 2, 'x.y': 3 }, ['sgv', 'a.nothing']),
      patch('unknown', { z: 1 })
    ]);
    const [doc] = await stored();
    expect(doc).toMatchObject({ a: { b: 2, c: [1, 2] }, x: { y: 3 } });
    expect(doc).not.toHaveProperty('sgv');
    expect(await stored()).toHaveLength(1);
  });

  it('large requests are stored whole, in order', async () => {
    const outcomes = await commit(
      'entries',
      'v1',
      Array.from({ length: 1200 }, (_, n) => reading(n + 1))
    );
    expect(outcomes.map(({ doc }) => doc?.date)).toEqual(Array.from({ length: 1200 }, (_, n) => n + 1));
    expect(await storage.count('entries', {})).toBe(1200);
  });
});
