import { open } from 'node:fs/promises';
import type { OnStep } from '../aside/step.ts';
import type { Driver } from '../storage/sqlite/driver.ts';
import { openDriver } from '../storage/sqlite/driver.ts';
import { createSqliteStorage } from '../storage/sqlite/sqlite.ts';
import { type ContentHash, contentHash, countAll } from './content-hash.ts';
import { type BackupInfo, readInfo } from './info.ts';
import { allowLog } from './single-file.ts';

/** What a look at a backup has found. */
export interface Verified {
  /** Undefined: no file of `vigil backup` (a copied database file, say), of which only the structure can be checked. */
  readonly info: BackupInfo | undefined;
  readonly content: ContentHash;
}

export const sameContent = (a: ContentHash, b: ContentHash): boolean => a.hash === b.hash;

/** @throws Error naming the file when SQLite finds its structure damaged */
export function checkPages(driver: Driver, file: string): void {
  const rows = driver.prepare('PRAGMA integrity_check(3)').all() as { integrity_check: string }[];
  const first = rows[0]?.integrity_check;
  if (first !== 'ok')
    throw new Error(`The structure of ${file} is damaged (${String(first).split('\n').join(' ').slice(0, 200)}).`);
}

/**
 * Reads a backup as a whole. The file must be a copy one may write to: opening it as a database leaves traces.
 * @param draft the copy
 * @param file its name for people
 * @throws Error with a sentence for people when it is no database file, damaged, or not what was written
 */
export async function verifyBackup(draft: string, file: string, onProgress: OnStep): Promise<Verified> {
  let info: BackupInfo | undefined;
  await mustBeDatabase(draft, file);
  await allowLog(draft);
  try {
    const driver = openDriver(draft);
    try {
      checkPages(driver, file);
      info = readInfo(driver);
    } finally {
      driver.close();
    }
  } catch (error) {
    throw new Error(`${file} cannot be restored: ${(error as Error).message}`);
  }
  onProgress('structure checked');
  const storage = createSqliteStorage({ file: draft });
  try {
    let total = 0;
    const expected = await countAll(storage);
    const content = await contentHash(storage, undefined, (documents) => {
      total += documents;
      onProgress({ verb: 'verified', done: total, total: expected, unit: 'documents' });
    });
    if (info && !sameContent(info.content, content))
      throw new Error(
        `${file} cannot be restored: it is not what was written on ${info.createdAt} (${differences(info.content, content)}).`
      );
    return { info, content };
  } finally {
    await storage.close();
  }
}

async function mustBeDatabase(draft: string, file: string): Promise<void> {
  const handle = await open(draft, 'r');
  const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0).finally(() => handle.close());
  if (buffer.toString('latin1') !== 'SQLite format 3\0') throw new Error(`${file} cannot be restored: it is no backup of Vigil.`);
}

function differences(a: ContentHash, b: ContentHash): string {
  return Object.keys(a.collections)
    .filter((name) => a.collections[name]?.hash !== b.collections[name]?.hash)
    .map((name) => `${name}: ${a.collections[name]?.count} documents then, ${b.collections[name]?.count ?? 0} now`)
    .join('; ');
}
