import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { frozen } from '../support/frozen.ts';
import { storageContract } from './storage-contract.ts';

storageContract('SQLite, everything in the archive', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-contract-'));
  return {
    storage: frozen(createSqliteStorage({ file: join(folder, 'vigil.db'), freezeAfterMs: -1, quality: 1 })),
    cleanup: async () => rmSync(folder, { recursive: true, force: true })
  };
});
