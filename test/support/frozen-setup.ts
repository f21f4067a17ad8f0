import { vi } from 'vitest';
import { frozen } from './frozen.ts';

// the project `frozen` of test/vitest.config.ts: every SQLite store of these suites has all of its documents in the archive
vi.mock('../../src/storage/sqlite/sqlite.ts', async (importActual) => {
  const actual = await importActual<typeof import('../../src/storage/sqlite/sqlite.ts')>();
  return {
    createSqliteStorage: (options: Parameters<typeof actual.createSqliteStorage>[0]) =>
      frozen(actual.createSqliteStorage({ ...options, freezeAfterMs: -1, quality: 1 }))
  };
});
