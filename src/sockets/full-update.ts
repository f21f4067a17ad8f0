import type { LiveData } from '../live/live.ts';
import { recentStatuses } from '../live/recent-status.ts';
import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import type { FullUpdate } from './events.ts';
import { withUploaderDisplay } from './uploader-display.ts';

/** Marks profiles that Loop and AAPS switches generate: `name@@@@@time`. */
const GENERATED = '@@@@@';

/**
 * The full `dataUpdate` (socket-v1.md §5.1): the live state as it is now.
 * @param now epoch ms
 * @param status the `status` object when the client asked for it
 */
export function fullUpdate(data: LiveData, now: number, status?: object): FullUpdate {
  return {
    devicestatus: withUploaderDisplay(recentStatuses(data.devicestatus, now), now),
    sgvs: data.sgvs,
    cals: data.cals,
    profiles: data.profiles.map(withoutGenerated),
    mbgs: data.mbgs,
    food: data.food,
    treatments: data.treatments,
    dbstats: data.dbstats,
    ...(status && { status })
  };
}

function withoutGenerated(profile: Doc): Doc {
  const { store } = profile;
  if (!isPlainObject(store)) return profile;
  const names = Object.keys(store).filter((name) => name.indexOf(GENERATED) > 0);
  if (names.length === 0) return profile;
  return { ...profile, store: Object.fromEntries(Object.entries(store).filter(([name]) => !names.includes(name))) };
}
