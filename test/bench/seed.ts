import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { readConfig } from '../../src/config/read-config.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Change, Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import type { Amount, Place } from './place.ts';
import { loopYear, type Upload } from './year.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const BATCH = 2000;

/**
 * Fills an empty place with the last days of a Loop user, as a server would find it that has run all that time: old documents
 * lie in SQLite's archive.
 */
export async function seedDays(place: Place, { days, quality }: Amount, end: number): Promise<void> {
  if (place.store === 'MongoDB') {
    await fill(await open(place), loopYear(end - days * DAY, days));
    return;
  }
  const file = join(place.dataDir, 'vigil.db');
  for (const rest of ['', '-wal', '-shm']) rmSync(file + rest, { force: true });
  const storage = createSqliteStorage({ file, ...(quality !== undefined && { quality }) });
  await fill(storage, loopYear(end - days * DAY, days), async () => {
    await storage.compact();
    storage.vacuum();
  });
}

/** What came in since a place was filled. */
export async function topUp(place: Place, from: number, end: number): Promise<void> {
  if (end - from < MINUTE) return;
  await fill(await open(place), loopYear(from, (end - from) / DAY, { seed: 2 }));
}

/** As it is opened by a server, without the work it does beside. */
const open = ({ dataDir, env }: Place): Promise<Storage> =>
  openStorage(readConfig({ DATA_DIR: dataDir, ...env }), pino({ level: 'silent' }));

/** Stores everything, then closes. */
export async function fill(storage: Storage, uploads: Iterable<Upload>, finish?: () => Promise<void>): Promise<void> {
  let changes: Change[] = [];
  for (const { collection, doc } of uploads) {
    changes.push({ op: 'insert', collection, doc });
    if (changes.length < BATCH) continue;
    await storage.apply(changes);
    changes = [];
  }
  await storage.apply(changes);
  await finish?.();
  await storage.close();
}
