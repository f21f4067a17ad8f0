import { accessSync, constants, copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { runAside } from '../../aside/run-aside.ts';
import type { Storage } from '../port.ts';
import { CHECKED_AT_ONCE, findDamage } from './check.ts';
import { lookAtFile } from './head.ts';
import { isAsLeft, noteLeft } from './left.ts';
import { FolderInUse, lockDatabase } from './lock.ts';
import { createSqliteStorage } from './sqlite.ts';
import { walDamage } from './wal-damage.ts';

interface Deps {
  readonly log: Logger;
  /** Hears a sentence when the file is found damaged or cannot be written, undefined when it can again. */
  readonly onTrouble?: ((sentence: string | undefined) => void) | undefined;
  /** A sentence on how to go back to the newest good backup. */
  readonly advice: () => Promise<string>;
  /** Whether there are backups, so that a missing file is no first start. */
  readonly hasBackups: () => Promise<boolean>;
  /** The clock of a server, epoch ms: its old documents go into the archive. */
  readonly now?: (() => number) | undefined;
  /** How long after the start a file is checked that is as it was left, ms. Default: a minute. */
  readonly checkAfterMs?: number;
}

/** How long the start waits for the check of a larger file; it goes on beside the running server. */
const PATIENCE_MS = 5000;
const CHECK_AFTER_MS = 60_000;

/**
 * Opens the database file of a server: takes it for this process alone, and looks for damage first. A file that is broken is
 * never opened, replaced or added to.
 * @throws Error with a sentence for people that names the file, and for a damaged one the newest good backup
 */
export async function openDatabaseFile(
  file: string,
  { log, onTrouble, advice, hasBackups, now, checkAfterMs = CHECK_AFTER_MS }: Deps
): Promise<Storage> {
  const unlock = lock(file);
  const ended = new AbortController();
  try {
    const looks = lookAtFile(file);
    if (looks === 'new') {
      if (await hasBackups()) tell(`There was no ${file}, so an empty one was made. ${await advice()}`);
    } else {
      if (looks !== 'whole') throw new Error(looks.damage);
      keepDamagedLog(file, tell);
      const onLate = (damage: string): void => {
        void advice().then((how) => tell(`${file} is damaged (${damage}). ${how}`));
      };
      if (isAsLeft(file)) checkLater(file, checkAfterMs, ended.signal, onLate);
      else await check(file, ended.signal, onLate);
    }
    const storage = createSqliteStorage({ file, onTrouble, ...(now && { now, background: true }) });
    return {
      ...storage,
      async close() {
        ended.abort();
        await storage.close();
        noteLeft(file);
        unlock();
      }
    };
  } catch (error) {
    unlock();
    const { message } = error as Error;
    if (message.startsWith('The database file'))
      throw /malformed|not a database/.test(message) ? new Error(`${message}. ${await advice()}`) : error;
    throw new Error(`The database file ${file} is damaged: ${message}. Nothing was changed. ${await advice()}`);
  }

  function tell(sentence: string): void {
    log.error(sentence);
    onTrouble?.(sentence);
  }
}

function lock(file: string): () => void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // SQLite would open a file it cannot write all the same, and refuse every upload
    for (const path of [dirname(file), file, `${file}-wal`]) if (existsSync(path)) accessSync(path, constants.W_OK);
    return lockDatabase(file);
  } catch (error) {
    if (error instanceof FolderInUse)
      throw new Error(
        `Another server is using ${file}. Two servers on one database file would miss each other's readings: stop the other one, or give this one a DATA_DIR of its own.`
      );
    throw new Error(
      `${file} or its folder cannot be written (${(error as Error).message}). Make DATA_DIR a folder this user may write to, on a disk that is not read-only or full.`
    );
  }
}

/** @throws Error with the finding when it comes within {@link PATIENCE_MS} */
async function check(file: string, signal: AbortSignal, onLate: (damage: string) => void): Promise<void> {
  if (statSync(file).size <= CHECKED_AT_ONCE) {
    const damage = findDamage(file);
    if (damage) throw new Error(damage);
    return;
  }
  let waiting = true;
  // a check that cannot be made keeps nobody from readings and alarms
  const finding = runAside('check', { file }, { signal }).catch(() => undefined);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined).unref());
  void finding.then((damage) => {
    if (damage && !waiting) onLate(damage);
  });
  const damage = await Promise.race([finding, late]);
  waiting = false;
  if (damage) throw new Error(damage);
}

/** What rots on a disk is found beside the running server. */
function checkLater(file: string, afterMs: number, signal: AbortSignal, onLate: (damage: string) => void): void {
  const timer = setTimeout(() => {
    runAside('check', { file }, { signal, humble: true }).then(
      (damage) => damage && onLate(damage),
      () => undefined
    );
  }, afterMs).unref();
  signal.addEventListener('abort', () => clearTimeout(timer));
}

function keepDamagedLog(file: string, tell: (sentence: string) => void): void {
  const damage = walDamage(`${file}-wal`);
  if (!damage) return;
  const kept = `${file}-wal.damaged-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  let where = `It is kept as ${kept}.`;
  try {
    copyFileSync(`${file}-wal`, kept);
  } catch {
    where = 'There was no room to keep it.';
  }
  tell(
    `The log of the database (${file}-wal) is damaged: ${damage}. The server goes on with what could be read; uploads of the minutes before the last stop may be missing. ${where}`
  );
}
