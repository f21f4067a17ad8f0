const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in words: `{ value: 3, label: 'mins ago', shortLabel: 'm' }`; without `value` where no figure fits. */
interface Ago {
  readonly value?: number;
  readonly label: string;
  readonly shortLabel: string;
}

/**
 * How long ago an instant was, seen from `time`.
 * @param mills epoch ms; undefined: no data
 * @param time now, epoch ms
 */
export function agoDisplay(mills: number | undefined, time: number): Ago {
  if (mills === undefined) return { label: 'time ago', shortLabel: 'ago' };
  const age = time - mills;
  if (age < -5 * MINUTE) return { label: 'in the future', shortLabel: 'future' };
  if (age < 2 * MINUTE) return count(age, MINUTE, 'min ago', 'm');
  if (age < HOUR) return count(age, MINUTE, 'mins ago', 'm');
  if (age < 2 * HOUR) return count(age, HOUR, 'hour ago', 'h');
  if (age < DAY) return count(age, HOUR, 'hours ago', 'h');
  if (age < 2 * DAY) return count(age, DAY, 'day ago', 'd');
  if (age < 7 * DAY) return count(age, DAY, 'days ago', 'd');
  return { label: 'long ago', shortLabel: 'ago' };
}

/** The same in short: `3m ago`, or the bare word where there is no figure. */
export function formatAgo(mills: number | undefined, time: number): string {
  const { value, shortLabel } = agoDisplay(mills, time);
  return value === undefined ? shortLabel : `${value}${shortLabel} ago`;
}

function count(age: number, unit: number, label: string, shortLabel: string): Ago {
  return { value: Math.max(1, Math.round(age / unit)), label, shortLabel };
}
