import { join } from 'node:path';
import pino from 'pino';
import { readConfig } from '../../src/config/read-config.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Change, Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import type { Place } from './servers.ts';
import { loopYear } from './year.ts';

const DAY = 86_400_000;
const BATCH = 2000;

/**
 * Fills a place with the last `days` of a Loop user, as a server would find it that has run all that time: old documents lie in
 * SQLite's archive.
 * @param quality of the archive's compression; below the server's own it is made sooner and a little larger
 * @returns what it holds, in words
 */
export async function seedDays(place: Place, days: number, end: number, quality?: number): Promise<string> {
  const { storage, finish } = await open(place, quality);
  const counts: Record<string, number> = {};
  let changes: Change[] = [];
  for (const { collection, doc } of loopYear(end - days * DAY, days)) {
    counts[collection] = (counts[collection] ?? 0) + 1;
    changes.push({ op: 'insert', collection, doc });
    if (changes.length < BATCH) continue;
    await storage.apply(changes);
    changes = [];
  }
  await storage.apply(changes);
  await finish();
  await storage.close();
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

async function open({ store, dataDir, env }: Place, quality?: number): Promise<{ storage: Storage; finish(): Promise<void> }> {
  if (store === 'MongoDB') {
    const storage = await openStorage(readConfig({ DATA_DIR: dataDir, ...env }), pino({ level: 'silent' }));
    return { storage, finish: async () => {} };
  }
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db'), ...(quality !== undefined && { quality }) });
  return {
    storage,
    async finish() {
      await storage.compact();
      storage.vacuum();
    }
  };
}
