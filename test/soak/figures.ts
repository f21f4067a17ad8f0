/** Durations, ms, as a histogram of 0.1 ms steps up to a minute: a long run must not grow for being measured. */
export function createDurations() {
  const counts = new Uint32Array(600_001);
  let total = 0;
  let most = 0;
  return {
    add(ms: number): void {
      counts[Math.min(600_000, Math.max(0, Math.round(ms * 10)))]! += 1;
      total += 1;
      most = Math.max(most, ms);
    },
    /** @returns count, and p50, p99 and the longest in ms */
    summary() {
      const at = (share: number): number => {
        let left = Math.ceil(total * share);
        for (let n = 0; n < counts.length; n++) {
          left -= counts[n]!;
          if (left <= 0) return n / 10;
        }
        return 60_000;
      };
      return { count: total, p50: at(0.5), p99: at(0.99), max: Math.round(most * 10) / 10 };
    }
  };
}
export type Durations = ReturnType<ReturnType<typeof createDurations>['summary']>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The same clock in every process of this machine, epoch ms with fractions. */
export const clock = (): number => performance.timeOrigin + performance.now();
