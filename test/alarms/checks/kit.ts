import { createChecks, type RunChecks } from '../../../src/alarms/checks/index.ts';
import type { AlarmRequests } from '../../../src/alarms/notification.ts';
import type { Mbg } from '../../../src/live/live.ts';
import { computeProperties } from '../../../src/plugins/compute.ts';
import type { Current } from '../../../src/plugins/current.ts';
import { PLUGINS } from '../../../src/plugins/index.ts';
import { MINUTE, sandboxOf, T, type World } from '../../plugins/kit.ts';

/** What the checks may look at: a world of the plugins, and meter readings. */
export interface AlarmWorld extends World {
  mbgs?: Mbg[];
}

const CHECKS_ONLY = ['simplealarms', 'errorcodes', 'treatmentnotify', 'timeago'];
/** Everything that can be switched on. */
export const ALL = [...PLUGINS.map(({ name }) => name), ...CHECKS_ONLY];

const toThrow = (plugin: string, error: unknown): never => {
  throw new Error(`${plugin} threw`, { cause: error });
};

/** The present of a world, everything enabled unless it says otherwise. */
export function currentOf({ mbgs = [], ...world }: AlarmWorld): Current {
  const bare = sandboxOf({ enable: ALL, ...world });
  const sandbox = { ...bare, data: { ...bare.data, mbgs } };
  const properties = computeProperties(sandbox, { onError: toThrow });
  return { sandbox: { ...sandbox, properties }, properties };
}

/** All that is asked for. A check that throws fails the test. */
export function askedIn(world: AlarmWorld, run: RunChecks = createChecks()): AlarmRequests {
  return run(currentOf(world), { onError: toThrow });
}

/** What one feature wishes to be told, without its name. */
export function toldBy(name: string, world: AlarmWorld, run?: RunChecks): Record<string, unknown>[] {
  return askedIn(world, run)
    .notifies.filter(({ plugin }) => plugin.name === name)
    .map(({ plugin: _plugin, ...wish }) => wish);
}

export const mbg = (mgdl: number, minutesAgo: number): Mbg => ({
  _id: `m${minutesAgo}`,
  mgdl,
  mills: T - minutesAgo * MINUTE,
  type: 'mbg'
});
