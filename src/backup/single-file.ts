import { open, rm } from 'node:fs/promises';
import type { Driver } from '../storage/sqlite/driver.ts';

// The library ends a connection only when its statements have been collected; until then it counts as somebody else who uses the
// file. SQLite's own change of the journal mode needs a file for itself, so it is done by hand, on files nobody else knows yet.

/** Place of the two version numbers in the head of a database file: 1 a plain file, 2 one with a log. */
const VERSIONS_AT = 18;

/**
 * Makes a database one file that is complete in itself, without a log beside it, and closes it.
 * @throws Error when somebody uses it
 */
export async function closeAsSingleFile(driver: Driver, file: string): Promise<void> {
  let outcome: { busy: number };
  try {
    outcome = driver.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as typeof outcome;
  } finally {
    driver.close();
  }
  if (outcome.busy !== 0) throw new Error(`${file} is used by another process`);
  await setVersions(file, 1);
  for (const suffix of ['-wal', '-shm']) await rm(file + suffix, { force: true });
}

/** The opposite, for a file that is not open. */
export const allowLog = (file: string): Promise<void> => setVersions(file, 2);

async function setVersions(file: string, version: 1 | 2): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.write(Uint8Array.of(version, version), 0, 2, VERSIONS_AT);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
