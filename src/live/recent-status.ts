import type { Timed } from './live.ts';

const KINDS = ['uploader', 'pump', 'openaps', 'loop', 'xdripjs'] as const;
const NEWEST = 10;

/**
 * The device statuses a client gets at first (socket-v1.md §5.2): of every device and every kind of content the newest ten up to
 * now. Statuses of no known kind are left out.
 * @param statuses ascending by `mills`
 * @param now epoch ms
 * @returns ascending by `mills`
 */
export function recentStatuses(statuses: readonly Timed[], now: number): Timed[] {
  const taken = new Map<string, number>();
  const wanted = statuses.toReversed().filter((status) => {
    if (status.mills > now) return false;
    let wants = false;
    for (const kind of KINDS) {
      if (!(kind in status)) continue;
      const pair = `${kind} ${JSON.stringify(status.device)}`;
      const count = taken.get(pair) ?? 0;
      if (count >= NEWEST) continue;
      taken.set(pair, count + 1);
      wants = true;
    }
    return wants;
  });
  return wanted.reverse();
}
