/** A pause between two readings longer than this is a gap, ms: two readings are missing then, or one of a sensor that is read by hand. */
const GAP_MS = 15 * 60_000;
/** The longest ones are told. */
const MOST = 20;

/** A time without readings, epoch ms. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * The gaps in readings, in order of time; of many the longest {@link MOST}. A pause that began before `from` counts from there.
 * @param mills times of the readings, ascending, epoch ms
 * @param from where to begin looking
 * @param now the end
 */
export function gapsOf(mills: readonly number[], from: number, now: number): Gap[] {
  const gaps: Gap[] = [];
  const within = mills.filter((at) => at <= now);
  for (const [at, start] of within.entries()) {
    const gap = { from: Math.max(start, from), to: within[at + 1] ?? now };
    if (gap.to - gap.from > GAP_MS) gaps.push(gap);
  }
  const longest = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MOST);
  return longest.sort((a, b) => a.from - b.from);
}
