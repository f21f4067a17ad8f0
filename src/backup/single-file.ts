import { open, rm } from 'node:fs/promises';
import type { Driver } from '../storage/sqlite/driver.ts';

/** Place of the two version numbers in the head of a database file: 1 a plain file, 2 one with a log. */
const VERSIONS_AT = 18;

/**
 * Makes a database one file that is complete in itself, without a log beside it, and closes it. Asking SQLite for that
 * (journal_mode = DELETE) is not enough: the library ends a connection only when its statements have been collected, and until
 * then it counts as somebody else who uses the log.
 * @throws Error when somebody really uses it
 */
export async function closeAsSingleFile(driver: Driver, file: string): Promise<void> {
  let outcome: { busy: number; log: number; checkpointed: number };
  try {
    outcome = driver.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as typeof outcome;
  } finally {
    driver.close();
  }
  if (outcome.busy !== 0) throw new Error(`${file} is used by another process`);
  const handle = await open(file, 'r+');
  try {
    await handle.write(Uint8Array.of(1, 1), 0, 2, VERSIONS_AT);
    await handle.sync();
  } finally {
    await handle.close();
  }
  for (const suffix of ['-wal', '-shm']) await rm(file + suffix, { force: true });
}
