import type { Archive } from './archive.ts';
import type { Freezer } from './freezer.ts';

/** After the start, when the first readers have their answers, ms. */
const FIRST_MS = 30_000;
const EVERY_MS = 3_600_000;

/** Freezes in the background: soon after the start, then every hour. */
export function scheduleFreezing(freezer: Freezer, archive: Archive, onTrouble: (error: unknown) => void): { stop(): void } {
  const run = (): void => {
    archive.relax();
    freezer.run(false).catch(onTrouble);
  };
  const first = setTimeout(run, FIRST_MS).unref();
  const hourly = setInterval(run, EVERY_MS).unref();
  return {
    stop() {
      clearTimeout(first);
      clearInterval(hourly);
    }
  };
}
