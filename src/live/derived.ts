import { cutDurations } from './durations.ts';
import type { LiveData, Timed } from './live.ts';
import { numberOf } from './timed.ts';

const MINUTE = 60_000;
const MMOL_TO_MGDL = 18.01559;
/** A target below this cannot be mg/dl. */
const LOWEST_MGDL_TARGET = 20;

type Make = (treatments: readonly Timed[]) => readonly Timed[];

const containing =
  (word: string): Make =>
  (treatments) =>
    treatments.filter(({ eventType }) => typeof eventType === 'string' && eventType.includes(word));
const equal =
  (name: string): Make =>
  (treatments) =>
    treatments.filter(({ eventType }) => eventType === name);
const lasting = (item: Timed): boolean => Boolean(item.duration);

/** Treatment lists by kind (socket-v1.md §13.6), each from all treatments in ascending order. */
const MAKERS = {
  sitechangeTreatments: containing('Site Change'),
  insulinchangeTreatments: containing('Insulin Change'),
  batteryTreatments: containing('Pump Battery Change'),
  sensorTreatments: containing('Sensor'),
  profileTreatments: (treatments) => cutDurations(equal('Profile Switch')(treatments)),
  combobolusTreatments: equal('Combo Bolus'),
  tempbasalTreatments: (treatments) => cutDurations(containing('Temp Basal')(treatments)).filter(lasting).map(endingWithDuration),
  tempTargetTreatments: (treatments) => cutDurations(containing('Temporary Target')(treatments).map(inMgdl)).filter(lasting)
} satisfies Record<string, Make>;

/** The derived lists; each is worked out when first read. */
export type Derived = { readonly [name in keyof typeof MAKERS]: readonly Timed[] };

const known = new WeakMap<readonly Timed[], Derived>();

/** The derived treatment lists of a state; asked again for the same treatments, it gives the same lists. */
export function derived({ treatments }: Pick<LiveData, 'treatments'>): Derived {
  let lists = known.get(treatments);
  if (!lists) {
    const made = new Map<string, readonly Timed[]>();
    const target = {};
    for (const [name, make] of Object.entries(MAKERS)) {
      const get = (): readonly Timed[] => {
        const list = made.get(name) ?? make(treatments);
        made.set(name, list);
        return list;
      };
      Object.defineProperty(target, name, { enumerable: true, get });
    }
    lists = target as Derived;
    known.set(treatments, lists);
  }
  return lists;
}

/**
 * The whole runtime data set as `/api/v2/ddata/at` shows it (socket-v1.md §13.1). `entries` is always empty there; activity has
 * its `mills` as ISO text, one per second (§13.9).
 */
export function runtimeData(data: LiveData): Record<string, unknown> {
  const { sgvs, treatments, mbgs, cals, profiles, devicestatus, food, activity, dbstats, lastUpdated, lastProfileFromSwitch } =
    data;
  return {
    sgvs,
    treatments,
    mbgs,
    cals,
    profiles,
    devicestatus,
    food,
    activity: activityShown(activity),
    dbstats,
    lastUpdated,
    entries: [],
    lastProfileFromSwitch,
    ...derived(data)
  };
}

function activityShown(activity: readonly Timed[]): unknown[] {
  const bySecond = new Map<number, unknown>();
  for (const { mills, heartrate, steps, activitylevel } of activity) {
    const second = Math.floor(mills / 1000);
    if (!bySecond.has(second)) bySecond.set(second, { mills: new Date(mills).toISOString(), heartrate, steps, activitylevel });
  }
  return [...bySecond.values()];
}

/** A temp basal that was cut ends where it was cut; readers look it up by `endmills`. */
const endingWithDuration = (item: Timed): Timed => ({ ...item, endmills: item.mills + numberOf(item.duration) * MINUTE });

/**
 * Targets in mg/dl. Targets without a unit below 20 are taken for mmol/l, both of them, as the reference does.
 */
function inMgdl(target: Timed): Timed {
  const [top, bottom] = [numberOf(target.targetTop), numberOf(target.targetBottom)];
  if (target.units === 'mmol')
    return { ...target, targetTop: top * MMOL_TO_MGDL, targetBottom: bottom * MMOL_TO_MGDL, units: 'mg/dl' };
  if (!(top < LOWEST_MGDL_TARGET || bottom < LOWEST_MGDL_TARGET)) return target;
  return { ...target, targetTop: top * MMOL_TO_MGDL, targetBottom: bottom * MMOL_TO_MGDL };
}
