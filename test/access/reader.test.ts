import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReader } from '../../src/access/reader.ts';
import { createBus } from '../../src/bus/bus.ts';
import type { Doc, Storage } from '../../src/storage/port.ts';
import { storedDoc } from '../../src/storage/port.ts';

const RULES = { secretSha1: 'a'.repeat(40), defaultRoles: [], now: () => 0 };
const ID = '65a1b2c3d4e5f60718293a01';

/** A database whose readings are answered when the test says so. */
function kit() {
  const subjects: Doc[] = [];
  const gates: (() => void)[] = [];
  const state = { held: false };
  const storage = {
    async *find(store: string) {
      const found = store === 'subjects' ? [...subjects] : [];
      if (state.held) await new Promise<void>((resolve) => gates.push(resolve));
      yield found.map(storedDoc);
    }
  } as unknown as Storage;
  let changes = 0;
  const bus = createBus(() => undefined);
  bus.subscribe('access-changed', 'test', () => void changes++);
  const reader = createReader({ storage, bus, log: pino({ level: 'silent' }), rules: RULES });
  const names = () => reader.directory().subjects.map(({ name }) => name);
  return { subjects, gates, state, reader, names, changes: () => changes };
}

describe('reading subjects and roles', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('notices changes made directly in the database within ten seconds, and announces only real ones', async () => {
    const { subjects, reader, names, changes } = kit();
    await reader.ready();
    const before = changes();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(changes()).toBe(before);
    subjects.push({ _id: ID, name: 'new' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([names(), changes()]).toEqual([['new'], before + 1]);
    await reader.close();
    subjects.push({ _id: ID.replace('1', '2'), name: 'later' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(names()).toEqual(['new']);
  });

  it('does not let a reading that began before a removal bring the subject back', async () => {
    const { subjects, gates, state, reader, names } = kit();
    subjects.push({ _id: ID, name: 'gone' });
    await reader.ready();
    state.held = true;
    const slow = reader.reload();
    await vi.advanceTimersByTimeAsync(0);
    reader.took('subjects', ID, undefined);
    for (const open of gates) open();
    await slow;
    expect(names()).toEqual([]);
    state.held = false;
    await reader.close();
  });
});
