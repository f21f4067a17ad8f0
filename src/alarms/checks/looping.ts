import { formatAgo } from '../../plugins/ago.ts';
import { millsOf, numberSetting } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';
import type { Wishes } from './check.ts';

const MINUTE = 60_000;

/** A closed loop that may have stopped. */
interface Looping {
  /** Token of the feature, for its `warn` and `urgent` (minutes) and its alerts switch. */
  readonly feature: 'openaps' | 'loop';
  /** As the title and the group name it. */
  readonly name: string;
  /** When it last looped, ISO text. */
  readonly lastLoop: unknown;
}

/** Tells when a loop has not looped for too long; without any time of a loop there is nothing to say. */
export function loopingWishes({ time, extended }: Sandbox, { feature, name, lastLoop }: Looping): Wishes | undefined {
  const settings = extended(feature);
  const mills = millsOf(lastLoop);
  if (!settings.enableAlerts || mills === undefined) return undefined;
  const isOlder = (key: 'warn' | 'urgent', minutes: number): boolean =>
    mills + numberSetting(settings, key, minutes) * MINUTE < time;
  const level = isOlder('urgent', 60) ? 2 : isOlder('warn', 30) ? 1 : undefined;
  if (!level) return undefined;
  const message = `Last Loop: ${formatAgo(mills, time)}`;
  return { notifies: [{ level, title: `${name} isn't looping`, message, group: name, pushoverSound: 'echo' }] };
}
