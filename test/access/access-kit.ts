import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createAccess } from '../../src/access/access.ts';
import { createBus } from '../../src/bus/bus.ts';
import type { EventMap } from '../../src/bus/events.ts';
import { Refusal } from '../../src/errors.ts';
import type { Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';

export const SECRET = 'this is my long pass phrase';
export const SECRET_SHA1 = 'b723e97aa97846eb92d5264f084b2823f57c4aa1';
export const ADDRESS = '203.0.113.7';

/** Lets everything under way come to an end. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Access over a real SQLite file, with a clock that only sleeping and the test move. */
export async function createKit(
  options: { defaultRoles?: string[]; delayMs?: number; away?: boolean; wrongCredentials?: number } = {}
) {
  const dir = mkdtempSync(join(tmpdir(), 'vigil-access-'));
  const real = createSqliteStorage({ file: join(dir, 'test.db') });
  const state = { away: options.away ?? false, time: Date.UTC(2026, 0, 15, 12), slept: [] as number[], frozen: false };
  const storage: Storage = {
    ...real,
    find(store, query) {
      if (state.away) throw new Refusal('storage-away');
      return real.find(store, query);
    },
    apply: async (changes) => (state.away ? Promise.reject(new Refusal('storage-away')) : real.apply(changes))
  };
  const bus = createBus((error) => {
    throw error;
  });
  const heard: { name: keyof EventMap; event: unknown }[] = [];
  for (const name of ['auth-failed', 'access-changed', 'admin-notify'] as const) {
    bus.subscribe(name, 'test', (event) => void heard.push({ name, event }));
  }
  const access = createAccess({
    config: {
      authDefaultRoles: options.defaultRoles ?? ['readable'],
      authFailDelayMs: options.delayMs ?? 5000,
      limits: { wrongCredentials: options.wrongCredentials ?? 0 }
    },
    storage,
    bus,
    log: pino({ level: 'silent' }),
    now: () => state.time,
    apiSecret: SECRET,
    jwtKey: 'key-of-the-test',
    sleep: async (ms) => {
      state.slept.push(ms);
      if (!state.frozen) state.time += ms;
    }
  });
  if (!options.away) await access.ready();
  return {
    access,
    bus,
    heard,
    state,
    storage: real,
    close: async () => {
      await access.close();
      await real.close();
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

export type Kit = Awaited<ReturnType<typeof createKit>>;
