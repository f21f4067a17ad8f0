/** Does something at once, then no more often than allowed. */
export interface Pace {
  /** Does it now, or as soon as the pause is over; asking several times meanwhile makes one. */
  ask(): void;
  /** Forgets what is still waiting. */
  stop(): void;
}

/** @param everyMs the pause from one beginning to the next, ms */
export function createPace(work: () => void, everyMs: number): Pace {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  function run(): void {
    timer = undefined;
    last = performance.now();
    work();
  }
  return {
    ask() {
      if (timer) return;
      const wait = last + everyMs - performance.now();
      if (wait <= 0) run();
      else timer = setTimeout(run, wait).unref();
    },
    stop: () => clearTimeout(timer)
  };
}
