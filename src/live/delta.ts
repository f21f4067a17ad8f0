import { isDeepStrictEqual } from 'node:util';
import type { Doc } from '../storage/port.ts';
import type { Cal, LiveData, Mbg, Sgv, Timed } from './live.ts';

/** A document that is gone. */
interface Removal {
  readonly _id: string;
  readonly mills: number;
  readonly action: 'remove';
}

/** What a client has to change, as the root socket sends it; a key is there only when it has changes, lists ascend by `mills`. */
export interface Delta {
  readonly delta: true;
  /** epoch ms */
  readonly lastUpdated: number;
  readonly sgvs?: readonly (Sgv | Removal)[];
  readonly treatments?: readonly (Timed | Removal)[];
  readonly mbgs?: readonly (Mbg | Removal)[];
  readonly cals?: readonly (Cal | Removal)[];
  readonly devicestatus?: readonly (Timed | Removal)[];
  readonly profiles?: readonly Doc[];
}

/** How long documents stay in the state, ms: one that left earlier was deleted. */
export interface Windows {
  readonly entriesMs: number;
  readonly devicestatusMs: number;
}

interface Item {
  readonly _id: string;
  readonly mills: number;
}

/**
 * The difference between two states (socket-v1.md §6.3).
 *
 * Readings go out when their time or value is new: a client replaces by time, so an edit of the direction alone is not worth
 * a message. Calibrations and device statuses go out when they or their time are new. Treatments go out when anything but the
 * interpolated `mgdl` is new, and leave as removals, deleted or too old. Anything else leaves as a removal when it was deleted or
 * moved in time (D19), and silently when it became too old, as clients expect.
 * @returns undefined when there is nothing to send
 */
export function calcDelta(before: LiveData, after: LiveData, { entriesMs, devicestatusMs }: Windows): Delta | undefined {
  const oldest = after.lastUpdated - entriesMs;
  const changes = {
    ...part('sgvs', changedReadings(before.sgvs, after.sgvs, oldest)),
    ...part('treatments', changedTreatments(before.treatments, after.treatments)),
    ...part('mbgs', changedReadings(before.mbgs, after.mbgs, oldest)),
    ...part('cals', changed(before.cals, after.cals, oldest)),
    ...part('devicestatus', changed(before.devicestatus, after.devicestatus, after.lastUpdated - devicestatusMs)),
    ...(!isDeepStrictEqual(before.profiles, after.profiles) && { profiles: after.profiles })
  };
  if (Object.keys(changes).length === 0) return undefined;
  return { delta: true, lastUpdated: after.lastUpdated, ...changes };
}

/**
 * True when the delta removes something other than treatments. Only for those do the apps in use know `action: "remove"`; they
 * would keep the reading, or put one without value in its place. What makes them all forget is a full update.
 */
export function removesReadings({ sgvs = [], mbgs = [], cals = [], devicestatus = [] }: Delta): boolean {
  return [...sgvs, ...mbgs, ...cals, ...devicestatus].some((item) => 'action' in item && item.action === 'remove');
}

const part = <K extends string, T>(name: K, list: readonly T[]): { [name in K]?: readonly T[] } =>
  list.length > 0 ? ({ [name]: list } as { [name in K]: readonly T[] }) : {};

function changedReadings<T extends Sgv | Mbg>(before: readonly T[], after: readonly T[], oldest: number): (T | Removal)[] {
  const [old, now] = differing(before, after);
  const keyOf = ({ mills, mgdl }: T): string => (mgdl ? `${mills} ${mgdl}` : `${mills}`);
  const keys = new Set(old.map(keyOf));
  const fresh = now.filter((item) => {
    const key = keyOf(item);
    const isNew = !keys.has(key);
    keys.add(key);
    return isNew;
  });
  return ascending(fresh, removals(old, now, oldest));
}

function changed<T extends Item>(before: readonly T[], after: readonly T[], oldest: number): (T | Removal)[] {
  const [old, now] = differing(before, after);
  const known = new Map(old.map(({ _id, mills }) => [_id, mills]));
  const fresh = now.filter(({ _id, mills }) => known.get(_id) !== mills);
  return ascending(fresh, removals(old, now, oldest));
}

/** What is no longer where it was, and is younger than `oldest` (epoch ms). */
function removals(old: readonly Item[], now: readonly Item[], oldest: number): Removal[] {
  const present = new Map(now.map(({ _id, mills }) => [_id, mills]));
  return old
    .filter(({ _id, mills }) => mills >= oldest && present.get(_id) !== mills)
    .map(({ _id, mills }) => ({ _id, mills, action: 'remove' }));
}

const ascending = <T extends Item>(fresh: readonly T[], gone: readonly Removal[]): (T | Removal)[] =>
  [...fresh, ...gone].sort((a, b) => a.mills - b.mills);

function changedTreatments(before: readonly Timed[], after: readonly Timed[]): (Timed | Removal)[] {
  const [old, now] = differing(before, after);
  const byId = new Map(old.map((item) => [item._id, item]));
  const changes: (Timed | Removal)[] = [];
  for (const item of now) {
    const previous = byId.get(item._id);
    byId.delete(item._id);
    if (!previous) changes.push(item);
    else if (!isSameTreatment(previous, item)) changes.push({ ...item, action: 'update' });
  }
  for (const { _id, mills } of byId.values()) changes.push({ _id, mills, action: 'remove' });
  return changes.sort((a, b) => a.mills - b.mills);
}

/** The interpolated glucose changes with every reading and says nothing about the treatment. */
function isSameTreatment(a: Timed, b: Timed): boolean {
  if (a === b) return true;
  const [{ mgdl: _a, ...left }, { mgdl: _b, ...right }] = [a, b];
  return isDeepStrictEqual(left, right);
}

/** Both lists without what they share at the start and at the end, so that the work follows the change and not the window. */
function differing<T extends { readonly mills: number }>(
  before: readonly T[],
  after: readonly T[]
): [readonly T[], readonly T[]] {
  if (before === after) return [[], []];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1]) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  // a reading of the same instant may stand on either side of the border, and has to be compared
  const first = after[start]?.mills ?? before[start]?.mills;
  const last = Math.max(
    after[newEnd - 1]?.mills ?? Number.NEGATIVE_INFINITY,
    before[oldEnd - 1]?.mills ?? Number.NEGATIVE_INFINITY
  );
  while (start > 0 && before[start - 1]!.mills === first) start -= 1;
  while (oldEnd < before.length && newEnd < after.length && before[oldEnd]!.mills === last) {
    oldEnd += 1;
    newEnd += 1;
  }
  return [before.slice(start, oldEnd), after.slice(start, newEnd)];
}
