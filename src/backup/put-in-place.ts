import { existsSync } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
import { openDriver } from '../storage/sqlite/driver.ts';
import { syncFolderOf } from './files.ts';

/**
 * Puts a finished database file in place of another one, which stays under a new name together with its log. At no moment is
 * there no database file: a server started then would begin an empty one. The caller holds the lock of the database.
 * @param draft the new file, complete and synced
 * @param keep name for the old one
 * @returns `keep`, or undefined when there was nothing to keep
 */
export async function putInPlace(draft: string, file: string, keep: string): Promise<string | undefined> {
  const had = existsSync(file);
  if (had) {
    takeInLog(file);
    await link(file, keep).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST' || error.code === 'ENOENT') throw error;
      // some mounted folders know no links
      await rename(file, keep);
    });
  }
  // a log that stayed would be played into the new file
  if (existsSync(`${file}-wal`)) await rename(`${file}-wal`, `${keep}-wal`);
  await rm(`${file}-shm`, { force: true });
  await syncFolderOf(file);
  await rename(draft, file);
  await syncFolderOf(file);
  return had ? keep : undefined;
}

/** A whole database takes its log in when it is closed; a broken one keeps both files as they are. */
function takeInLog(file: string): void {
  try {
    const driver = openDriver(file);
    try {
      const checked = driver.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
      if (checked.quick_check === 'ok') driver.exec('PRAGMA journal_mode = DELETE');
    } finally {
      driver.close();
    }
  } catch {
    // that is why it is being replaced
  }
}
