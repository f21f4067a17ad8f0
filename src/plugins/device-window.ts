import type { Timed } from '../live/live.ts';

const MINUTE = 60_000;

/** Recent enough for a device's own word on insulin and carbs: 30 minutes back, 5 ahead for clocks that run fast. */
export function inDeviceWindow(status: Timed, time: number): boolean {
  return status.mills >= time - 30 * MINUTE && status.mills <= time + 5 * MINUTE;
}

/** Device statuses of the last `minutes`, none from the future. */
export function recentStatuses(statuses: readonly Timed[], time: number, minutes: number): Timed[] {
  return statuses.filter((status) => status.mills <= time && status.mills >= time - minutes * MINUTE);
}
