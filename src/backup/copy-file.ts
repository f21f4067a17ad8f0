import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Driver, openDriver } from '../storage/sqlite/driver.ts';
import { type Rows, rowsOf } from './rows.ts';

/** New pages are given to the disk at this pace, so that the syncs of a running server never wait behind all of them. */
const SYNC_EVERY_PAGES = 8000;

/**
 * Copies a database file page by page, as it was at one moment, while a server goes on writing to it: readers of the log do
 * not hold up the writer. What it looks like inside does not matter.
 * @param draft file to write to; must be there, empty
 * @param onBytes told how much is copied, and of how much
 * @returns what the source held at that moment
 * @throws Error with a sentence for people when the source cannot be read
 */
export async function copyFile(source: string, draft: string, onBytes: (done: number, total: number) => void): Promise<Rows> {
  if (!existsSync(source)) throw new Error(`There is no database file ${source}: is DATA_DIR right?`);
  const driver = openDriver(source, { readOnly: true });
  const disk = await open(draft, 'r+');
  try {
    driver.exec('BEGIN');
    const rows = rowsOf(driver);
    await copyPages(driver, draft, () => void disk.datasync().catch(() => undefined), onBytes);
    driver.exec('COMMIT');
    return rows;
  } finally {
    await disk.close();
    driver.close();
  }
}

async function copyPages(
  driver: Driver,
  draft: string,
  sync: () => void,
  onBytes: (done: number, total: number) => void
): Promise<void> {
  const { page_size: pageSize } = driver.prepare('PRAGMA page_size').get() as { page_size: number };
  let synced = 0;
  await driver.copyTo(draft, (total, left) => {
    onBytes((total - left) * pageSize, total * pageSize);
    if (total - left - synced < SYNC_EVERY_PAGES) return;
    synced = total - left;
    sync();
  });
}
