import { closeSync, openSync, readSync, statSync } from 'node:fs';

const HEAD = 100;

/**
 * What can be seen of a database file without opening it as one: SQLite takes an empty file for a new database, and deletes a
 * log whose file is missing. The file must not be open in this process, whose locks would end.
 * @returns `new` when there is none, `whole` as far as this goes, or what is wrong, in a few words
 */
export function lookAtFile(file: string): 'new' | 'whole' | { readonly damage: string } {
  const size = sizeOf(file);
  const log = sizeOf(`${file}-wal`) ?? 0;
  if (size === undefined) return log > 0 ? { damage: 'it is missing, but its log is there' } : 'new';
  if (size === 0) return { damage: 'it is empty, 0 bytes' };
  const head = Buffer.alloc(HEAD);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, HEAD, 0);
  } finally {
    closeSync(handle);
  }
  if (head.toString('latin1', 0, 16) !== 'SQLite format 3\0') return { damage: 'it does not begin as a database file' };
  const pageSize = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  // the log may hold what the file lacks
  const expected = head.readUInt32BE(28) * pageSize;
  if (log === 0 && size < expected) return { damage: `it was cut off: ${size} of ${expected} bytes are left` };
  return 'whole';
}

function sizeOf(file: string): number | undefined {
  try {
    return statSync(file).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
