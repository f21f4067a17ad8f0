import type { Driver } from '../storage/sqlite/driver.ts';
import type { ContentHash } from './content-hash.ts';

/** What a backup says about itself, so that a later reader can tell whether it is still what was written. */
export interface BackupInfo {
  /** Instant it was begun, ISO 8601. */
  readonly createdAt: string;
  /** Store it was made of. */
  readonly source: 'sqlite' | 'mongodb';
  /** Version of the server that made it. */
  readonly version: string;
  readonly content: ContentHash;
}

/** A table of its own in the file; leaves with the restore. */
export const INFO_TABLE = 'vigil_backup';

export function writeInfo(driver: Driver, info: BackupInfo): void {
  driver.exec(`CREATE TABLE ${INFO_TABLE} (info TEXT NOT NULL)`);
  driver.prepare(`INSERT INTO ${INFO_TABLE} (info) VALUES (?)`).run(JSON.stringify(info));
}

/** @returns undefined: a database file, but none that `vigil backup` wrote */
export function readInfo(driver: Driver): BackupInfo | undefined {
  const there = driver.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(INFO_TABLE);
  if (!there) return undefined;
  const row = driver.prepare(`SELECT info FROM ${INFO_TABLE}`).get() as { info: string } | undefined;
  return row && (JSON.parse(row.info) as BackupInfo);
}

export function dropInfo(driver: Driver): void {
  driver.exec(`DROP TABLE IF EXISTS ${INFO_TABLE}`);
}
