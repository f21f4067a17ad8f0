import type { CliContext } from './context.ts';

/** From one line of a progress report to the next, ms. */
const PAUSE_MS = 3000;

/** Writes what a long command is doing to standard error, one line in three seconds at most. */
export function progressTo({ err }: Pick<CliContext, 'err'>): (sentence: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (sentence) => {
    const at = performance.now();
    if (at - last < PAUSE_MS) return;
    last = at;
    err(`  ${sentence}`);
  };
}
