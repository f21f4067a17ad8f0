import pino from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createOutbox, type OutboxState } from '../../src/integrations/outbox.ts';
import type { Doc, Storage } from '../../src/storage/port.ts';
import { createTestClock } from './kit.ts';

/** A store that can be away. */
function createStore() {
  const store = { away: false, saved: undefined as Doc | undefined, writes: 0 };
  const storage = {
    async *find() {
      if (store.away) throw new Error('away');
      yield store.saved ? [{ doc: store.saved, json: '' }] : [];
    },
    async apply([change]: readonly { doc: Doc }[]) {
      store.writes++;
      if (store.away) throw new Error('away');
      store.saved = change!.doc;
    }
  } as unknown as Storage;
  return { store, storage };
}

const log = pino({ level: 'silent' });
const state: { now: OutboxState } = { now: { queues: {}, receipts: [] } };
const restored: OutboxState[] = [];
const receipt = (name: string) => ({ receipt: name, level: 2, group: 'default', at: 1 });
let clock: ReturnType<typeof createTestClock>;
const open: { close(): Promise<void> }[] = [];

function outbox(storage: Storage) {
  const box = createOutbox(
    { storage, log, clock },
    { restore: (earlier) => void restored.push(earlier), state: () => state.now }
  );
  open.push(box);
  return box;
}

beforeEach(() => {
  clock = createTestClock(false);
  state.now = { queues: {}, receipts: [] };
  restored.length = 0;
});
afterEach(async () => {
  for (const box of open.splice(0)) await box.close();
});

it('a database that is away keeps no message back, and what an earlier run left is not overwritten', async () => {
  const { store, storage } = createStore();
  store.away = true;
  store.saved = { _id: 'outbox', queues: {}, receipts: [receipt('earlier')] };
  const box = outbox(storage);
  await box.ready;
  box.save();
  expect(store.writes).toBe(0);
  store.away = false;
  state.now = { queues: {}, receipts: [receipt('new')] };
  await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 1, timeout: 30_000 });
  clock.advance(5000);
  await vi.waitFor(() => expect(store.saved).toMatchObject({ receipts: [{ receipt: 'new' }] }), { interval: 1, timeout: 30_000 });
  expect(restored).toEqual([{ queues: {}, receipts: [receipt('earlier')] }]);
});

it('a write that failed is made up for, with the latest state, also at the end', async () => {
  const { store, storage } = createStore();
  const box = outbox(storage);
  await box.ready;
  store.away = true;
  box.save();
  await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 1, timeout: 30_000 });
  store.away = false;
  state.now = { queues: {}, receipts: [receipt('one')] };
  clock.advance(5000);
  await vi.waitFor(() => expect(store.saved).toMatchObject({ receipts: [{ receipt: 'one' }] }), { interval: 1, timeout: 30_000 });
  store.away = true;
  box.save();
  await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 1, timeout: 30_000 });
  store.away = false;
  state.now = { queues: {}, receipts: [receipt('two')] };
  await box.close();
  expect(store.saved).toMatchObject({ receipts: [{ receipt: 'two' }] });
});

it('a close with the database away ends', async () => {
  const { store, storage } = createStore();
  const box = outbox(storage);
  await box.ready;
  store.away = true;
  box.save();
  await box.close();
  expect(store.saved).toBeUndefined();
});

it.each([[{ queues: 7, receipts: 'x' }], [{ queues: { Webhook: { items: 1 } } }], [{ queues: null }]])(
  'what is stored wrongly counts as nothing: %j',
  async (stored) => {
    const { store, storage } = createStore();
    store.saved = { _id: 'outbox', ...stored };
    await outbox(storage).ready;
    expect(restored).toEqual([{ queues: {}, receipts: [] }]);
  }
);
