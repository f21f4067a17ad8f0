import { existsSync } from 'node:fs';
import { openDriver } from './driver.ts';

/** A restart may overlap with the end of the process before it. */
const PATIENCE_MS = 2000;

/** The folder is in use by another process (or another server of this one). */
export class FolderInUse extends Error {}

/**
 * Takes a database file for this server alone: two of them would keep two live states and miss each other's alarms. The lock
 * is one of the operating system on a file beside it (SQLite's own way of locking), so it ends with the process, however that
 * ends; no left-over file and no process number of another container can mislead anybody.
 * @param file path of the database file
 * @returns a function that lets go
 * @throws FolderInUse, or the library's error when the lock file cannot be made
 */
export function lockDatabase(file: string): () => void {
  const driver = openDriver(`${file}.lock`, { timeout: PATIENCE_MS });
  try {
    driver.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    driver.close();
    if (/locked|busy/i.test((error as Error).message)) throw new FolderInUse(`${file} is in use`);
    throw error;
  }
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    driver.exec('ROLLBACK');
    driver.close();
  };
}

/**
 * Whether a server (or a command that needs the database for itself) holds the lock of {@link lockDatabase}. Looks only: nothing
 * is made, and nobody who wants the lock is kept out.
 * @throws the library's error when the lock file cannot be read
 */
export function isLocked(file: string): boolean {
  if (!existsSync(`${file}.lock`)) return false;
  const driver = openDriver(`${file}.lock`, { readOnly: true, timeout: 0 });
  try {
    driver.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch (error) {
    if (/locked|busy/i.test((error as Error).message)) return true;
    throw error;
  } finally {
    driver.close();
  }
}
