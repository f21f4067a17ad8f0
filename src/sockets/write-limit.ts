/** Lets a burst through, then so many per second (a token bucket). */
export interface Limit {
  /** @returns 0 when it may go on, else the whole seconds after which trying again makes sense */
  take(): number;
}

/**
 * @param burst how many at once
 * @param perSecond how many per second after that
 * @param now the clock, epoch ms; one that is set back does no harm
 */
export function createLimit(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  now: () => number
): Limit {
  let tokens = burst;
  let last = now();
  return {
    take() {
      const at = now();
      tokens = Math.min(burst, tokens + (Math.max(0, at - last) / 1000) * perSecond);
      last = at;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.max(1, Math.ceil((1 - tokens) / perSecond));
    }
  };
}
