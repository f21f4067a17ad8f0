import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes what is free but for some bytes, with a file that {@link makeRoom} removes. */
  fill(leave?: number): void;
  makeRoom(): void;
  remount(how: 'ro' | 'rw'): void;
  remove(): void;
}

/** @returns undefined where this user may not mount: the test has to be skipped, and says so */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    process.stderr.write('!! SKIPPED: a full or read-only disk needs the right to mount a tmpfs (run the tests as root)\n');
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill(leave = 0) {
      const { bavail, bsize } = statfsSync(folder);
      const bytes = bavail * bsize - leave;
      if (bytes > 0) writeFileSync(ballast, Buffer.alloc(bytes));
    },
    makeRoom: () => rmSync(ballast, { force: true }),
    remount: (how) => void execFileSync('mount', ['-o', `remount,${how}`, folder]),
    remove() {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
