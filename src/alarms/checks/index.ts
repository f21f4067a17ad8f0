import type { Current } from '../../plugins/current.ts';
import type { AlarmRequests, NotifyRequest, SnoozeRequest } from '../notification.ts';
import { ar2 } from './ar2.ts';
import { bage } from './bage.ts';
import { bwp } from './bwp.ts';
import { cage } from './cage.ts';
import type { Check } from './check.ts';
import { dbsize } from './dbsize.ts';
import { errorcodes } from './errorcodes.ts';
import { iage } from './iage.ts';
import { loop } from './loop.ts';
import { openaps } from './openaps.ts';
import { pump } from './pump.ts';
import { sage } from './sage.ts';
import { simplealarms } from './simplealarms.ts';
import { timeago } from './timeago.ts';
import { treatmentnotify } from './treatmentnotify.ts';
import { upbat } from './upbat.ts';
import { createXdripjs } from './xdripjs.ts';

/** Where faults of checks are told. */
interface ChecksOptions {
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
  return [
    upbat,
    ar2,
    simplealarms,
    errorcodes,
    pump,
    openaps,
    createXdripjs(),
    loop,
    bwp,
    cage,
    sage,
    iage,
    bage,
    treatmentnotify,
    timeago,
    dbsize
  ];
}
