import { constants, setPriority } from 'node:os';
import { JOBS, type JobName } from './jobs.ts';
import type { OnStep } from './step.ts';

/** Between two messages about the progress. */
const PAUSE_MS = 1000;

// entry of the process that does one job: the server sends it, and hears one answer
// a server that is gone needs no answer
process.on('disconnect', () => process.exit(1));
process.on('message', ({ name, order, humble }: { name: JobName; order: never; humble: boolean }) => {
  if (humble) giveWay();
  JOBS[name](order, progress()).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error), name: (error as Error)?.name })
  );
});

/** Uploads and alarms come first. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // not everywhere allowed
  }
}

function progress(): OnStep {
  let last = 0;
  return (step) => {
    if (performance.now() < last + PAUSE_MS) return;
    last = performance.now();
    process.send?.({ progress: step });
  };
}

function answer(message: object): void {
  process.send?.(message, () => process.exit(0));
}
