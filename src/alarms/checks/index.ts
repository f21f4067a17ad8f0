import type { Current } from '../../plugins/current.ts';
import type { AlarmRequests, NotifyRequest, SnoozeRequest } from '../notification.ts';
import type { Check } from './check.ts';

/** Where faults of checks are told. */
export interface ChecksOptions {
  readonly onError: (plugin: string, error: unknown) => void;
}

/**
 * Asks every enabled check, in order. One that throws is told to `onError` and asks for nothing, neither telling nor snoozing; the
 * others are asked all the same (D21).
 */
export type RunChecks = (current: Current, options: ChecksOptions) => AlarmRequests;

/**
 * The checks with their memory: what some of them told last. One per server, asked as often as wished; asking twice at the same
 * instant gives the same answer.
 * @param checks default: all of them
 */
export function createChecks(checks: readonly Check[] = allChecks()): RunChecks {
  return ({ sandbox, properties }, { onError }) => {
    const notifies: NotifyRequest[] = [];
    const snoozes: SnoozeRequest[] = [];
    for (const { name, label, run } of checks) {
      if (!sandbox.enabled(name)) continue;
      try {
        const wishes = run({ ...sandbox, properties });
        const plugin = { name, label, pluginType: 'notification', enabled: true } as const;
        for (const wish of wishes?.notifies ?? []) notifies.push({ ...wish, plugin });
        snoozes.push(...(wishes?.snoozes ?? []));
      } catch (error) {
        onError(name, error);
      }
    }
    return { notifies, snoozes };
  };
}

/** In the order of properties-plugins §A.1, which decides between alarms of the same level and group. */
function allChecks(): Check[] {
  return [];
}
