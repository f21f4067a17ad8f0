import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OnStep } from '../aside/step.ts';
import type { Config } from '../config/config.ts';
import { openDriver } from '../storage/sqlite/driver.ts';
import { FolderInUse, lockDatabase } from '../storage/sqlite/lock.ts';
import { createSqliteStorage } from '../storage/sqlite/sqlite.ts';
import { freeBytes, readableSize } from './files.ts';
import { dropInfo } from './info.ts';
import { stampOf } from './names.ts';
import { openMongo } from './open-mongo.ts';
import { putInPlace } from './put-in-place.ts';
import { replaceContents } from './replace-contents.ts';
import { closeAsSingleFile } from './single-file.ts';
import { type Verified, verifyBackup } from './verify.ts';

/** What a restore has done. */
export interface Restored {
  readonly verified: Verified;
  /** Where the database that was there lies now; undefined: there was none, or it is MongoDB. */
  readonly keptAs: string | undefined;
}

/** Messages that waited to be sent when the backup was made, commands to pumps among them, must not go out now. */
const OUTBOX = { op: 'remove', collection: 'state', _id: 'outbox' } as const;

const MARGIN = 16 * 1024 * 1024;

/**
 * Puts the contents of a backup in place of the database file. What was there is kept under another name.
 * @param backup file to restore; stays as it is
 * @param file the database file
 * @param at epoch ms, for the name of what is kept
 * @throws Error with a sentence for people; then the database is as it was
 */
export async function restoreFile(
  { backup, file, at }: { readonly backup: string; readonly file: string; readonly at: number },
  onProgress: OnStep
): Promise<Restored> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const unlock = lock(file);
  const draft = `${file}.restoring-${randomBytes(4).toString('hex')}`;
  try {
    await takeCopy(backup, draft);
    onProgress('copied');
    const verified = await verifyBackup(draft, backup, onProgress);
    await prepare(draft);
    const keptAs = await putInPlace(draft, file, `${file}.before-restore-${stampOf(at)}`);
    return { verified, keptAs };
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) await rm(draft + suffix, { force: true });
    unlock();
  }
}

/**
 * Makes a MongoDB database hold what a backup holds. It can be repeated after an interruption. Servers on that database must be
 * stopped: what they write meanwhile may be lost, and what they remember is outdated.
 * @param replace whether documents that are there may be replaced and removed
 * @throws NotEmpty, Error with a sentence for people, Refusal of the storage
 */
export async function restoreMongo(
  {
    backup,
    mongo,
    replace
  }: { readonly backup: string; readonly mongo: NonNullable<Config['mongo']>; readonly replace: boolean },
  onProgress: OnStep
): Promise<Restored> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-restore-'));
  const draft = join(folder, 'vigil.db');
  const target = openMongo(mongo);
  try {
    await target.ping();
    await takeCopy(backup, draft);
    const verified = await verifyBackup(draft, backup, onProgress);
    const source = createSqliteStorage({ file: draft });
    try {
      await source.apply([OUTBOX]);
      await replaceContents(source, target, replace, onProgress);
    } finally {
      await source.close();
    }
    return { verified, keptAs: undefined };
  } finally {
    await target.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function lock(file: string): () => void {
  try {
    return lockDatabase(file);
  } catch (error) {
    if (error instanceof FolderInUse)
      throw new Error(`A server is using ${file}. Stop it first, then restore; nothing was changed.`);
    throw new Error(`${dirname(file)} cannot be written: ${(error as Error).message}. Nothing was changed.`);
  }
}

async function takeCopy(backup: string, draft: string): Promise<void> {
  const info = await stat(backup).catch(() => undefined);
  if (!info?.isFile()) throw new Error(`There is no file ${backup}.`);
  const free = await freeBytes(dirname(draft));
  if (free < info.size + MARGIN)
    throw new Error(
      `There is not enough room in ${dirname(draft)}: ${readableSize(info.size)} are needed, ${readableSize(free)} are free.`
    );
  await copyFile(backup, draft, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(draft, 0o600);
}

/** Takes out what is of the backup's time only, and leaves one file. */
async function prepare(draft: string): Promise<void> {
  const storage = createSqliteStorage({ file: draft });
  await storage.apply([OUTBOX]);
  await storage.close();
  const driver = openDriver(draft);
  dropInfo(driver);
  await closeAsSingleFile(driver, draft);
}
