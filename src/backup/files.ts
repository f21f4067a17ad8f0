import { link, open, rename, statfs, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the names in the folder of a file survive a power cut; systems that cannot do that do it by themselves. */
export async function syncFolderOf(file: string): Promise<void> {
  const handle = await open(dirname(file), 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Windows and some mounted folders refuse
  } finally {
    await handle?.close();
  }
}

/**
 * Gives a finished file its name, if that is free.
 * @throws Error EEXIST when there is such a file; it stays as it is
 */
export async function publish(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
    await unlink(draft);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
    // some mounted folders know no links
    await (await open(file, 'wx')).close();
    await rename(draft, file);
  }
  await syncFolderOf(file);
}

/** Bytes a user without privileges may still write to the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `540 MB` */
export function readableSize(bytes: number): string {
  let unit = 0;
  let value = bytes;
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
