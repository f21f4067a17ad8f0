import type { Timed } from './live.ts';
import { numberOf } from './timed.ts';

const MINUTE = 60_000;

const durationOf = (treatment: Timed): number => numberOf(treatment.duration) || 0;

/**
 * Cuts each treatment where the next one takes over (socket-v1.md §13.6): at an element without duration (an end event), then at
 * whatever starts inside what is left. One element per instant is kept, the first. Durations are minutes, possibly fractional.
 * When the cutting one names a `profile`, the cut one gets `cuttedby` and the cutting one `cutting`.
 * @param list ascending by `mills`
 * @returns copies
 */
export function cutDurations(list: readonly Timed[]): Timed[] {
  const items = list.filter((item, at) => item.mills !== list[at - 1]?.mills).map((item) => ({ ...item }));
  let end: Timed | undefined;
  for (const item of items.toReversed()) {
    if (durationOf(item) === 0) end = item;
    else if (end) cut(item, end);
  }
  items.forEach((item, at) => {
    const next = items[at + 1];
    if (next) cut(item, next);
  });
  return items;
}

function cut(item: Timed, by: Timed): void {
  if (by.mills >= item.mills + durationOf(item) * MINUTE) return;
  item.duration = (by.mills - item.mills) / MINUTE;
  if (by.profile) {
    item.cuttedby = by.profile;
    by.cutting = item.profile;
  }
}
