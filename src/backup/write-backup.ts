import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OnStep } from '../aside/step.ts';
import { SERVER } from '../config/version.ts';
import { openDriver } from '../storage/sqlite/driver.ts';
import { createSqliteStorage } from '../storage/sqlite/sqlite.ts';
import { contentHash, countAll } from './content-hash.ts';
import { copyFile } from './copy-file.ts';
import { copyStorage } from './copy-storage.ts';
import { freeBytes, publish, readableSize } from './files.ts';
import { type BackupInfo, writeInfo } from './info.ts';
import { draftName, removeAbandoned } from './names.ts';
import { openMongo } from './open-mongo.ts';
import { rowsOf } from './rows.ts';
import { closeAsSingleFile } from './single-file.ts';
import type { BackupSource } from './source.ts';
import { checkPages, sameContent } from './verify.ts';

/** What to back up, and where to. Plain data: it travels between processes. */
export interface BackupOrder {
  readonly source: BackupSource;
  /** File to write. */
  readonly file: string;
  /** Bytes to leave free on its disk. */
  readonly leaveFree: number;
  /** Instant it is begun, epoch ms. */
  readonly at: number;
}

/** A finished, verified backup. */
export interface BackupDone {
  readonly file: string;
  readonly bytes: number;
  readonly durationMs: number;
  readonly info: BackupInfo;
  /** Documents whose `_id` stood twice in the database (as text and as ObjectId). */
  readonly merged: number;
}

/** Room for everything beside the copy itself, and the least a backup leaves. */
const MARGIN = 16 * 1024 * 1024;

/**
 * Writes a backup: a database file in the server's own format, also of MongoDB. It has another name until it is complete,
 * synced and verified (reopened, its structure checked, its documents counted and compared with the source), so that a file
 * with the name of a backup is one. Readable by this user only. What BSON knows and JSON does not (dates, ObjectIds inside
 * documents, 64-bit numbers, decimals) is kept as the text or number clients see.
 * @throws Error with a sentence for people; then nothing is left of it
 */
export async function writeBackup({ source, file, leaveFree, at }: BackupOrder, onProgress: OnStep): Promise<BackupDone> {
  const began = performance.now();
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mustBeFree(file);
  await removeAbandoned(folder, Date.now());
  await mustFit(source, folder, leaveFree);
  const draft = join(folder, draftName(basename(file), randomBytes(6).toString('hex')));
  try {
    await (await open(draft, 'wx', 0o600)).close();
    const { info, merged } = await fill(source, draft, at, onProgress);
    await seal(draft, info);
    await publish(draft, file).catch(explainTaken(file));
    return { file, bytes: (await stat(file)).size, durationMs: Math.round(performance.now() - began), info, merged };
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) await rm(draft + suffix, { force: true });
  }
}

async function fill(
  source: BackupSource,
  draft: string,
  at: number,
  onProgress: OnStep
): Promise<{ info: BackupInfo; merged: number }> {
  const about = { createdAt: new Date(at).toISOString(), source: source.kind, version: SERVER.version };
  if (source.kind === 'sqlite') {
    const rows = await copyFile(source.file, draft, (done, total) => onProgress({ verb: 'copied', done, total, unit: 'bytes' }));
    const driver = openDriver(draft);
    try {
      checkPages(driver, draft);
      onProgress('structure checked');
      if (JSON.stringify(rowsOf(driver)) !== JSON.stringify(rows))
        throw new Error(`The copy differs from ${source.file}: is the disk of the backup broken?`);
      onProgress('rows compared');
    } finally {
      driver.close();
    }
    return { info: { ...about, content: await contentOf(draft, onProgress) }, merged: 0 };
  }
  const mongo = openMongo(source.mongo);
  const copy = createSqliteStorage({ file: draft });
  let copied: Awaited<ReturnType<typeof copyStorage>>;
  let total = 0;
  try {
    await mongo.ping();
    const expected = await countAll(mongo);
    copied = await copyStorage(mongo, copy, at, (documents) => {
      total += documents;
      onProgress({ verb: 'copied', done: total, total: expected, unit: 'documents' });
    });
  } finally {
    await Promise.allSettled([copy.close(), mongo.close()]);
  }
  const content = await contentOf(draft, onProgress);
  if (!sameContent(content, copied.content))
    throw new Error('The copy differs from what was read: is the disk of the backup broken?');
  return { info: { ...about, content }, merged: copied.merged };
}

/** Reopened as the server would. */
async function contentOf(draft: string, onProgress: OnStep) {
  const storage = createSqliteStorage({ file: draft });
  let total = 0;
  try {
    const expected = await countAll(storage);
    return await contentHash(storage, undefined, (documents) => {
      total += documents;
      onProgress({ verb: 'verified', done: total, total: expected, unit: 'documents' });
    });
  } finally {
    await storage.close();
  }
}

/** One file, complete in itself, on the disk. */
async function seal(draft: string, info: BackupInfo): Promise<void> {
  const driver = openDriver(draft);
  writeInfo(driver, info);
  await closeAsSingleFile(driver, draft);
  await chmod(draft, 0o600);
}

async function mustBeFree(file: string): Promise<void> {
  if (await stat(file).catch(() => undefined)) throw new Error(`${file} is there already; a backup never replaces a file.`);
}

const explainTaken = (file: string) => (error: NodeJS.ErrnoException) => {
  throw error.code === 'EEXIST' ? new Error(`${file} is there already; a backup never replaces a file.`) : error;
};

async function mustFit(source: BackupSource, folder: string, leaveFree: number): Promise<void> {
  const needed = await sizeOf(source);
  const free = await freeBytes(folder);
  if (free >= needed + Math.max(MARGIN, leaveFree)) return;
  throw new Error(
    `There is not enough room in ${folder}: the backup needs about ${readableSize(needed)}, ${readableSize(free)} are free and ${readableSize(Math.max(MARGIN, leaveFree))} are to stay so.`
  );
}

async function sizeOf(source: BackupSource): Promise<number> {
  if (source.kind === 'sqlite') {
    const sizes = await Promise.all([source.file, `${source.file}-wal`].map((file) => stat(file).catch(() => undefined)));
    return sizes.reduce((sum, info) => sum + (info?.size ?? 0), 0);
  }
  const mongo = openMongo(source.mongo);
  try {
    // SQLite keeps key columns and indexes beside each document
    const { dataSize } = await mongo.sizes();
    return dataSize * 1.5;
  } finally {
    await mongo.close();
  }
}
