import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { storageContract } from './storage-contract.ts';

storageContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-contract-'));
  return {
    storage: createSqliteStorage({ file: join(folder, 'vigil.db') }),
    cleanup: async () => rmSync(folder, { recursive: true, force: true })
  };
});
