import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createAdministration } from '../../access/administration.ts';
import { createReader } from '../../access/reader.ts';
import { createBus } from '../../bus/bus.ts';
import { createCommit } from '../../collections/commit.ts';
import type { Config } from '../../config/config.ts';
import { Refusal } from '../../errors.ts';
import { openStorage } from '../../storage/open.ts';
import type { Storage } from '../../storage/port.ts';
import { retrying } from '../retry.ts';
import { createTakeIn, createTrial } from '../take-in.ts';
import type { Sink } from './sink.ts';

/**
 * The database itself, where no server runs.
 * @param now the clock, epoch ms
 * @throws Error with a sentence for people when it cannot be opened
 */
export async function openSinkHere(config: Config, { now, dryRun }: { now: () => number; dryRun: boolean }): Promise<Sink> {
  const log = pino({ level: 'silent' });
  const { storage, finish } = await openFor(config, dryRun);
  const bus = createBus(() => {});
  // no token is worked out here
  const rules = { secretSha1: '', defaultRoles: [], now };
  const reader = createReader({ storage, bus, log, rules });
  const lastUsed = { note: () => {}, ready: Promise.resolve(), of: () => undefined, close: async () => {} };
  const taker = {
    storage,
    commit: createCommit(storage, bus, now),
    admin: createAdministration({ storage, reader, lastUsed, now })
  };
  const takeIn = dryRun ? createTrial(taker, now) : createTakeIn(taker);
  return {
    isLive: false,
    put: (name, lines) =>
      retrying(() => takeIn(name, lines), {
        isPassing: (error) => error instanceof Refusal && error.code === 'storage-away',
        afterMs: (error) => ((error as Refusal).retryAfter ?? 1) * 1000
      }),
    async close() {
      await reader.close();
      await finish();
    }
  };
}

/** A trial makes no database: where there is none it uses one that goes afterwards. */
async function openFor(config: Config, dryRun: boolean): Promise<{ storage: Storage; finish(): Promise<void> }> {
  const log = pino({ level: 'silent' });
  if (config.mongo || !dryRun || existsSync(join(config.dataDir, 'vigil.db'))) {
    const storage = await openStorage(config, log);
    return { storage, finish: () => storage.close() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'vigil-trial-'));
  const storage = await openStorage({ ...config, dataDir: folder, backup: { ...config.backup, dir: folder } }, log);
  return {
    storage,
    async finish() {
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    }
  };
}
