import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '../../errors.ts';

/** What keeps the database file from being written, from its first sign to its end. */
export interface Trouble {
  /**
   * What an error of the database means for the caller: a full disk or an unreadable file is no fault of the request.
   * @returns a Refusal, or the error itself when it is none of these
   */
  refusalOf(error: unknown): unknown;
  close(): void;
}

type Kind = 'full' | 'unwritable' | 'damaged';

const PROBE_MS = 5000;
/** Less than this is no room: the next few uploads would take it. */
const ROOM = 4 * 1024 * 1024;
/** A page and its place in the log: with less, an input/output error means a full disk. */
const NOTHING_LEFT = 256 * 1024;

const ANSWERS: Readonly<Record<Kind, { readonly detail: string; readonly retryAfter: number }>> = {
  full: { detail: 'The disk is full', retryAfter: 60 },
  unwritable: { detail: 'The database file cannot be written', retryAfter: 10 },
  damaged: { detail: 'The database file is damaged', retryAfter: 300 }
};

/**
 * Watches over one database file. While it cannot be written a probe tries again, so that administrators hear of the end too,
 * also when nobody uploads.
 * @param probe writes a page; throws when that is not possible
 * @param onTrouble hears a sentence once when trouble begins, undefined when it is over
 */
export function createTrouble(file: string, probe: () => void, onTrouble?: (sentence: string | undefined) => void): Trouble {
  const folder = dirname(file);
  let present: Kind | undefined;
  let timer: NodeJS.Timeout | undefined;

  const sentences: Readonly<Record<Kind, string>> = {
    full: `The disk with ${file} is full: uploads are refused until there is room again. What was acknowledged is safe; readings are still shown and alarms still given.`,
    unwritable: `${file} cannot be written (is its disk read-only or broken?): uploads are refused until it can. Readings are still shown and alarms still given.`,
    damaged: `${file} is damaged: stop the server and go back to a backup (vigil restore).`
  };

  function begin(kind: Kind): void {
    // damage stays, whatever else happens to the disk
    if (present === kind || present === 'damaged') return;
    present = kind;
    onTrouble?.(sentences[kind]);
    clearInterval(timer);
    if (kind !== 'damaged') timer = setInterval(tryAgain, PROBE_MS).unref();
  }

  function tryAgain(): void {
    if (present === 'full' && free(folder) < ROOM) return;
    try {
      probe();
    } catch {
      return;
    }
    clearInterval(timer);
    present = undefined;
    onTrouble?.(undefined);
  }

  return {
    refusalOf(error) {
      const kind = kindOf(error, folder);
      if (!kind) return error;
      begin(kind);
      const { detail, retryAfter } = ANSWERS[kind];
      return new Refusal('storage-away', detail, retryAfter);
    },
    close: () => clearInterval(timer)
  };
}

function kindOf(error: unknown, folder: string): Kind | undefined {
  const message = error instanceof Error ? error.message : '';
  if (/disk is full|SQLITE_FULL|ENOSPC|EDQUOT/i.test(message)) return 'full';
  if (/malformed|not a database|SQLITE_CORRUPT/i.test(message)) return 'damaged';
  if (/disk I\/O error|readonly|locked|busy|unable to open|EIO|EROFS/i.test(message))
    return free(folder) < NOTHING_LEFT ? 'full' : 'unwritable';
  return undefined;
}

function free(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
