/** Hands out srvModified: the present, but always later than the last one (D5), so that HISTORY never skips a document. */
export interface CommitClock {
  /** @param now epoch ms @returns epoch ms, greater than any returned before */
  next(now: number): number;
  /** Makes later values greater than `srvModified` (what a restart finds stored). */
  seen(srvModified: number): void;
}

/** A stored time further ahead than this (ms) came from a wrong clock and must not drag ours along. */
const MAX_LEAD = 3_600_000;

export function createCommitClock(): CommitClock {
  let last = 0;
  return {
    next(now) {
      last = Math.max(Math.trunc(now), last + 1);
      return last;
    },
    seen(srvModified) {
      if (srvModified < Date.now() + MAX_LEAD) last = Math.max(last, srvModified);
    }
  };
}
