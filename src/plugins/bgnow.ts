import type { Plugin } from './plugin.ts';
import type { Sandbox, ScaledSgv } from './sandbox.ts';

const MINUTE = 60_000;
const BUCKETS = 4;
const BUCKET_MS = 5 * MINUTE;

/** Readings that belong together: one every five minutes, or several from several uploaders. */
interface Glucose {
  /** Arithmetic mean, mg/dl; absent when there are only error codes. */
  readonly mean?: number;
  readonly last?: number;
  readonly mills?: number;
  readonly errors?: readonly ScaledSgv[];
  readonly sgvs?: readonly ScaledSgv[];
  readonly isEmpty?: true;
}

interface Bucket extends Glucose {
  readonly index: number;
  readonly fromMills: number | null;
  readonly toMills: number | null;
}

/** Change since five minutes before, mg/dl except `scaled` and `display`. */
export interface Delta {
  readonly absolute: number;
  readonly elapsedMins: number;
  readonly interpolated: boolean;
  readonly mean5MinsAgo: number;
  readonly times: { readonly recent: number; readonly previous: number };
  readonly mgdl: number;
  readonly scaled: number;
  readonly display: string;
  readonly previous: Glucose;
}

/** Glucose now, the change since, and the four five-minute buckets they come from. */
export const bgnow: Plugin = {
  name: 'bgnow',
  offers: ['bgnow', 'delta', 'buckets'],
  compute(sandbox) {
    const buckets = fillBuckets(sandbox);
    const recent = buckets.find((bucket) => !bucket.isEmpty);
    const previous = buckets.find((b) => recent?.mills !== undefined && b.mills !== undefined && b.mills < recent.mills);
    return {
      bgnow: recent ? withoutBounds(recent) : {},
      delta: recent && previous ? delta(recent, previous, sandbox) : undefined,
      buckets
    };
  }
};

/** The `bgnow` property as computed before in this cycle. */
export function bgNowOf(sandbox: Sandbox): Glucose | undefined {
  return sandbox.properties.bgnow as Glucose | undefined;
}

/** The `delta` property as computed before in this cycle. */
export function deltaOf(sandbox: Sandbox): Delta | undefined {
  return sandbox.properties.delta as Delta | undefined;
}

function fillBuckets(sandbox: Sandbox): Bucket[] {
  const anchor = sandbox.lastSgv()?.mills;
  const lists: ScaledSgv[][] = Array.from({ length: BUCKETS }, () => []);
  const from = (index: number): number => (anchor ?? 0) - BUCKET_MS / 2 - index * BUCKET_MS;
  for (const sgv of sandbox.data.sgvs.toReversed()) {
    if (sgv.mills > sandbox.time) continue;
    const list = lists.find((_, index) => sgv.mills >= from(index) && sgv.mills <= from(index) + BUCKET_MS);
    if (!list) break;
    list.push(sandbox.scaled(sgv));
  }
  return lists.map((sgvs, index) => ({
    ...summarise(sgvs),
    index,
    fromMills: anchor === undefined ? null : from(index),
    toMills: anchor === undefined ? null : from(index) + BUCKET_MS,
    sgvs,
    ...(sgvs.length === 0 ? { isEmpty: true as const } : {})
  }));
}

/** A reading counts above 39; below are error codes; 39 itself ("below range") is neither. */
function summarise(sgvs: readonly ScaledSgv[]): Glucose {
  const readings = sgvs.filter((sgv) => sgv.mgdl > 39);
  const errors = sgvs.filter((sgv) => !(sgv.mgdl >= 39));
  const latest = readings.toSorted((a, b) => b.mills - a.mills)[0];
  return {
    ...(latest
      ? { mean: readings.reduce((sum, sgv) => sum + sgv.mgdl, 0) / readings.length, last: latest.mgdl, mills: latest.mills }
      : {}),
    ...(errors.length > 0 ? { errors } : {})
  };
}

function delta(recent: Glucose, previous: Glucose, sandbox: Sandbox): Delta | undefined {
  if (recent.mean === undefined || previous.mean === undefined || recent.mills === undefined || previous.mills === undefined)
    return undefined;
  const absolute = recent.mean - previous.mean;
  const elapsedMins = (recent.mills - previous.mills) / MINUTE;
  const interpolated = elapsedMins > 9;
  const mean5MinsAgo = interpolated ? recent.mean - (absolute / elapsedMins) * 5 : recent.mean - absolute;
  const mgdl = Math.round(recent.mean - mean5MinsAgo);
  // The difference of the two shown values, so that what is on the screen adds up.
  const scaled =
    sandbox.units === 'mmol' ? Math.round((sandbox.scale(recent.mean) - sandbox.scale(mean5MinsAgo)) * 10) / 10 : mgdl;
  return {
    absolute,
    elapsedMins,
    interpolated,
    mean5MinsAgo,
    times: { recent: recent.mills, previous: previous.mills },
    mgdl,
    scaled,
    display: (scaled >= 0 ? '+' : '') + scaled,
    previous: withoutBounds(previous)
  };
}

function withoutBounds(bucket: Glucose): Glucose {
  const { index: _index, fromMills: _from, toMills: _to, ...rest } = bucket as Bucket;
  return rest;
}
