import { type FileHandle, open } from 'node:fs/promises';

/** Makes what was committed to the write-ahead log survive a power cut. */
export interface WalSync {
  /** Resolves when everything committed before the call is on the disk. Calls made meanwhile share the next sync. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Syncs the log outside the event loop. SQLite itself (synchronous=FULL) would sync inside COMMIT and hold up every request
 * for as long as the disk takes, which on a memory card is tens of milliseconds; so commits only write (synchronous=NORMAL,
 * which keeps the file whole in any case), and an upload is acknowledged when this sync is done.
 * @param file path of the database file; its log exists once something was written
 */
export function createWalSync(file: string): WalSync {
  let handle: Promise<FileHandle> | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    handle ??= open(`${file}-wal`, 'r+');
    await (await handle).datasync();
  }

  function start(): Promise<void> {
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    sync() {
      if (!running) return start();
      // the one under way may have begun before our commit
      next ??= running
        .catch(() => {})
        .then(() => {
          next = undefined;
          return start();
        });
      return next;
    },
    async close() {
      await (next ?? running)?.catch(() => {});
      await (await handle?.catch(() => undefined))?.close();
    }
  };
}
