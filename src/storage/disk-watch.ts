import { statfs } from 'node:fs/promises';

const LOOK_MS = 60_000;
/** A warning ends above the bound by this much, so that a disk at the bound does not warn all day. */
const CLEARLY = 1.1;

/**
 * Watches the free space of a disk, to warn before it is full.
 * @param folder somewhere on that disk; while it cannot be asked nothing is said
 * @param bytes free space below which to warn; 0: never
 * @param onChange called with the free bytes when they have fallen below the bound, and with undefined when there is room again
 * @returns look: asks now; close: ends it
 */
export function watchDisk(
  folder: string,
  bytes: number,
  onChange: (free: number | undefined) => void,
  free: (folder: string) => Promise<number> = freeOf
): { look(): Promise<void>; close(): void } {
  let low = false;

  async function look(): Promise<void> {
    const left = await free(folder).catch(() => undefined);
    if (left === undefined) return;
    if (!low && left < bytes) {
      low = true;
      onChange(left);
    } else if (low && left > bytes * CLEARLY) {
      low = false;
      onChange(undefined);
    }
  }

  if (bytes <= 0) return { look: async () => {}, close: () => {} };
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  void look();
  return { look, close: () => clearInterval(timer) };
}

async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
