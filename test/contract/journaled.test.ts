import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { describe, it } from 'vitest';
import { createJournaledStorage } from '../../src/storage/journal/journal.ts';
import { createMongoStorage } from '../../src/storage/mongo/mongo.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { createJournalKit } from '../storage/journal-kit.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { settingsFor } from './mongo-settings.ts';
import { storageContract } from './storage-contract.ts';

const log = pino({ level: 'silent' });

if (mongoUrl()) {
  storageContract('MongoDB behind the journal', async () => {
    const { url, drop } = await freshDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'vigil-journaled-'));
    mkdirSync(join(folder, 'journal'));
    const storage = await createJournaledStorage(
      (onReach) => createMongoStorage(settingsFor(url), { log, onTrouble: (sentence) => onReach(sentence === undefined) }),
      {
        folder: join(folder, 'journal'),
        copy: createSqliteStorage({ file: join(folder, 'shadow.db') }),
        maxBytes: 1 << 28,
        now: Date.now,
        log
      }
    );
    const cleanup = async () => {
      await drop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { storage, cleanup };
  });
} else describe('storage contract: MongoDB behind the journal', () => it.skip('no MongoDB in this run', () => {}));

// a database without anything old is known as a whole, so the copy must answer everything
storageContract('the journal while its database is away', async () => {
  const kit = await createJournalKit({ maxBytes: 1 << 28 });
  await kit.copied();
  await kit.storage.version();
  await kit.storage.sizes();
  kit.database.go();
  return { storage: kit.storage, cleanup: () => kit.close() };
});
