import type { Settings } from '../../src/config/config.ts';
import { derived } from '../../src/live/derived.ts';
import type { Cal, LiveData, Sgv, Timed } from '../../src/live/live.ts';
import { computeProperties } from '../../src/plugins/compute.ts';
import { PLUGINS } from '../../src/plugins/index.ts';
import { createSandbox, type Sandbox } from '../../src/plugins/sandbox.ts';
import type { Units } from '../../src/plugins/units.ts';
import type { Doc } from '../../src/storage/port.ts';

/** 2024-01-01T12:00:00Z, the `T` of the worked examples. */
export const T = 1_704_110_400_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** What a test says about the world; the rest is empty. */
export interface World {
  time?: number;
  units?: Units;
  enable?: string[];
  sgvs?: Sgv[];
  cals?: Cal[];
  treatments?: Timed[];
  devicestatus?: Timed[];
  profile?: unknown;
  dbstats?: LiveData['dbstats'];
  settings?: Record<string, unknown>;
  extended?: Record<string, Record<string, unknown>>;
  state?: 'booting' | 'loaded';
}

export function liveData({
  sgvs = [],
  cals = [],
  treatments = [],
  devicestatus = [],
  profile,
  dbstats = {},
  time = T
}: World): LiveData {
  return {
    sgvs,
    mbgs: [],
    cals,
    treatments,
    devicestatus,
    profiles: profile === undefined ? [] : [profile as Doc],
    food: [],
    activity: [],
    dbstats,
    lastUpdated: time,
    lastProfileFromSwitch: null
  };
}

export function settingsOf({ units = 'mg/dl', enable, settings = {} }: World): Settings {
  return {
    units,
    enable: enable ?? PLUGINS.map(({ name }) => name),
    thresholds: { bgHigh: 260, bgTargetTop: 180, bgTargetBottom: 80, bgLow: 55 },
    alarmHigh: true,
    alarmLow: true,
    dayStart: 7,
    dayEnd: 21,
    ...settings
  };
}

export function sandboxOf(world: World): Sandbox {
  const data = liveData(world);
  const { time = T, extended = {}, state = 'loaded' } = world;
  return createSandbox({ time, data, cut: derived(data), settings: settingsOf(world), extendedSettings: extended, state });
}

/** Properties as a client reads them out of JSON. */
export type Shown = Record<string, ReturnType<typeof JSON.parse>>;

/** All properties as clients get them: through JSON. A plugin that throws fails the test. */
export function propertiesOf(world: World): Shown {
  const properties = computeProperties(sandboxOf(world), {
    onError: (plugin, error) => {
      throw new Error(`${plugin} threw`, { cause: error });
    }
  });
  return JSON.parse(JSON.stringify(properties)) as Shown;
}

let count = 0;
export const sgv = (mgdl: number, minutesAgo: number, more: Partial<Sgv> = {}): Sgv => ({
  _id: `s${++count}`,
  mgdl,
  mills: T - minutesAgo * MINUTE,
  type: 'sgv',
  ...more
});
export const treatment = (minutesAgo: number, fields: Record<string, unknown>): Timed => {
  const mills = T - minutesAgo * MINUTE;
  const duration = fields.duration;
  return {
    _id: `t${++count}`,
    mills,
    ...(typeof duration === 'number' ? { endmills: mills + duration * MINUTE } : {}),
    ...fields
  };
};
export const status = (minutesAgo: number, fields: Record<string, unknown>): Timed => ({
  _id: `d${++count}`,
  mills: T - minutesAgo * MINUTE,
  created_at: new Date(T - minutesAgo * MINUTE).toISOString(),
  ...fields
});
/** ISO text of some minutes before `T`. */
export const ago = (minutes: number): string => new Date(T - minutes * MINUTE).toISOString();

/** A profile document with the values of the worked examples. */
export const profileWith = (
  store: Record<string, unknown> = {},
  more: Record<string, unknown> = {}
): Record<string, unknown> => ({
  _id: 'p1',
  defaultProfile: 'Day',
  startDate: '2023-12-01T00:00:00.000Z',
  units: 'mg/dl',
  store: {
    Day: { dia: 3, sens: 50, carbratio: 10, carbs_hr: 20, basal: 1, target_low: 100, target_high: 120, timezone: 'UTC', ...store }
  },
  ...more
});
