import type { Timed } from '../live/live.ts';
import { numberOf } from './reading.ts';

/** Has somebody told the loop to pause (`OpenAPS Offline` with a duration that covers now)? Then nobody wants to be told that it does. */
export function isOffline(treatments: readonly Timed[], time: number): boolean {
  return treatments.some((treatment) => {
    const minutes = numberOf(treatment.duration) ?? 0;
    return treatment.eventType === 'OpenAPS Offline' && treatment.mills <= time && time <= treatment.mills + minutes * 60_000;
  });
}
