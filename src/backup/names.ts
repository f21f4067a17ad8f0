import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^vigil-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.db$/;
/** What is being written; such a file is never a backup. */
const DRAFT = /^\.vigil-\d{8}-\d{6}\.db\.draft-[0-9a-f]+(-journal|-wal|-shm)?$/;
/** No backup takes so long between two writes. */
const ABANDONED_MS = 3_600_000;

/** A backup in the folder, by its name. */
export interface BackupFile {
  readonly file: string;
  /** Instant in its name, epoch ms. */
  readonly at: number;
  readonly bytes: number;
}

/** `vigil-20260131-235959.db`, in UTC. @param at epoch ms */
export function backupName(at: number): string {
  const digits = new Date(at).toISOString().replace(/\D/g, '');
  return `vigil-${digits.slice(0, 8)}-${digits.slice(8, 14)}.db`;
}

/** `20260131-235959`, for files that are put aside. @param at epoch ms */
export const stampOf = (at: number): string => backupName(at).slice('vigil-'.length, -'.db'.length);

/** Name of the file a backup is written to before it is one. @param random hex digits */
export const draftName = (name: string, random: string): string => `.${name}.draft-${random}`;

/** Instant in the name of a backup, epoch ms; undefined: no name of ours. */
export function instantOf(name: string): number | undefined {
  const [, ...parts] = NAME.exec(name) ?? [];
  const [year, month, day, hour, minute, second] = parts.map(Number);
  if (second === undefined) return undefined;
  const at = Date.UTC(year!, month! - 1, day, hour, minute, second);
  return backupName(at) === name ? at : undefined;
}

/** Backups in a folder, newest first; none when it is not there. Other files are not looked at. */
export async function listBackups(dir: string): Promise<BackupFile[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: BackupFile[] = [];
  for (const name of names) {
    const at = instantOf(name);
    const file = join(dir, name);
    const info = at === undefined ? undefined : await stat(file).catch(() => undefined);
    if (at !== undefined && info?.isFile()) found.push({ file, at, bytes: info.size });
  }
  return found.sort((a, b) => b.at - a.at);
}

/** Removes what an interrupted backup left in the folder. @param now epoch ms of the file system's clock */
export async function removeAbandoned(dir: string, now: number): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!DRAFT.test(name)) continue;
    const info = await stat(join(dir, name)).catch(() => undefined);
    if (info && info.mtimeMs < now - ABANDONED_MS) await rm(join(dir, name), { force: true });
  }
}
