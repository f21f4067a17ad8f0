import type { Timed } from '../../live/live.ts';
import { tempRate } from '../../plugins/profile/temp-basal.ts';
import { numberOf } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';

/** A stretch of constant temporary basal: `start` epoch ms, `duration` seconds, `absolute` U/h. */
export interface SummaryTempBasal {
  readonly start: number;
  readonly duration: number;
  readonly absolute: number;
}

const HOUR = 3_600_000;

/**
 * The temp basals that reach into the last hours, those with the same rate that follow one another joined into one.
 * @param temps ascending, already cut where the next begins
 * @param hours window; nothing is in it when it is no number
 */
export function summaryTempBasals(temps: readonly Timed[], sandbox: Sandbox, hours: number): SummaryTempBasal[] {
  const joined: { start: number; end: number; absolute: number }[] = [];
  for (const temp of temps) {
    const end = temp.mills + (numberOf(temp.duration) ?? 0) * 60_000;
    const absolute = tempRate(temp, sandbox.profile.value('basal', temp.mills) ?? 0);
    const last = joined.at(-1);
    if (last && last.absolute === absolute && last.end >= temp.mills) last.end = Math.max(last.end, end);
    else joined.push({ start: temp.mills, end, absolute });
  }
  return joined
    .filter(({ end }) => end > sandbox.time - hours * HOUR)
    .map(({ start, end, absolute }) => ({ start, duration: Math.round((end - start) / 1000), absolute }));
}
