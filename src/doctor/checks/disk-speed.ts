import { randomBytes } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DoctorCheck, type Finding, warning, well } from '../finding.ts';

const WRITES = 15;
/** An upload waits for one of these. */
const SLOW_MS = 50;

/** How long a small write takes until it survives a power cut. @param folder where to write @returns ms, the median */
async function syncTime(folder: string): Promise<number> {
  const file = join(folder, `.vigil-doctor-${randomBytes(6).toString('hex')}`);
  const handle = await open(file, 'wx', 0o600);
  try {
    const times: number[] = [];
    for (let n = 0; n < WRITES; n++) {
      const began = performance.now();
      await handle.write(Buffer.alloc(4096, n), 0, 4096, n * 4096);
      await handle.datasync();
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[Math.floor(WRITES / 2)]!;
  } finally {
    await handle.close();
    await rm(file, { force: true });
  }
}

/** @param ms the median of a synced write */
export function judgeSpeed(ms: number): Omit<Finding, 'check'> {
  const sentence = `A small write is safe on the disk after ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms.`;
  return ms > SLOW_MS
    ? warning(sentence, 'Put DATA_DIR on a faster disk: an SD card or a network folder makes every upload wait.')
    : well(sentence);
}

export const diskSpeed: DoctorCheck = {
  id: 'disk-speed',
  async run({ config: { dataDir } }) {
    const folder = (await stat(dataDir).catch(() => undefined))?.isDirectory() ? dataDir : tmpdir();
    return [judgeSpeed(await syncTime(folder))];
  }
};
