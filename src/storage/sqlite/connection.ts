import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { COLD_SCHEMA } from './cold/schema.ts';
import { type Driver, openDriver } from './driver.ts';
import { outdatedIndexes, schema } from './indexes.ts';

/** 2: documents may lie in the archive (cold/schema.ts), where version 1 would not look for them. */
const SCHEMA_VERSION = 2;

/**
 * Opens the database file, making it and its folder when absent.
 * @throws Error with a sentence for people when the file cannot be used
 */
export function connect(file: string): Driver {
  let driver: Driver;
  try {
    mkdirSync(dirname(file), { recursive: true });
    driver = openDriver(file);
  } catch (error) {
    throw new Error(`The database file ${file} cannot be opened: ${(error as Error).message}`);
  }
  try {
    // before the first table; a file that has tables keeps what it was made with (until VACUUM)
    driver.exec('PRAGMA auto_vacuum = INCREMENTAL');
    // NORMAL: a commit writes the log and wal-sync.ts syncs it before the write is acknowledged
    driver.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 33554432;'
    );
    const { user_version: version } = driver.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > SCHEMA_VERSION)
      throw new Error(`it was written by a newer Vigil (schema ${version}; this one knows ${SCHEMA_VERSION})`);
    // an unchanged file is not written to: the server must come up on a full disk too
    const mark = version === SCHEMA_VERSION ? '' : `PRAGMA user_version = ${SCHEMA_VERSION};`;
    driver.exec(`BEGIN IMMEDIATE; ${[...outdatedIndexes(), ...schema(), ...COLD_SCHEMA].join('; ')}; ${mark} COMMIT;`);
  } catch (error) {
    driver.close();
    throw new Error(`The database file ${file} cannot be used: ${(error as Error).message}`);
  }
  return driver;
}

/** Writes a page without changing anything, to see whether that works. @throws the library's error when it does not */
export function writeAnything(driver: Driver): void {
  const { user_version: version } = driver.prepare('PRAGMA user_version').get() as { user_version: number };
  try {
    driver.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${version}; COMMIT;`);
  } catch (error) {
    try {
      driver.exec('ROLLBACK');
    } catch {
      // a full disk has rolled back by itself
    }
    throw error;
  }
}

/**
 * Brings what stands in the log into the file, before it is closed: people copy the file of a stopped server, and the library
 * ends a connection later than it says. Nothing is lost where that is not possible (a full disk, a backup that is being read).
 */
export function takeInLog(driver: Driver): void {
  try {
    driver.exec('PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // the log stays, and is read at the next start
  }
}
