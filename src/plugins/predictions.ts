import type { Timed } from '../live/live.ts';
import { instant } from '../live/timed.ts';
import { type Fields, fieldsOf, isFields, isoOf, numberOf, textOf } from './reading.ts';

/** One line of glucose to come: the first value stands at `start` of its prediction, the others `interval` apart; mg/dl. */
interface Curve {
  /** `predicted` of Loop; with oref the name of the assumption: `IOB`, `COB`, `aCOB`, `UAM`, `ZT`. */
  readonly label: string;
  readonly values: readonly number[];
}

/** What a looping device expects, in one shape whichever it is (GAP-PLUGIN-002). */
export interface Prediction {
  /** `openaps` is everything that uploads as oref does: OpenAPS, AAPS, Trio, iAPS. */
  readonly source: 'loop' | 'openaps';
  readonly device: string | null;
  /** Of the device status it came with. */
  readonly created_at: string;
  /** Of the device status, epoch ms. */
  readonly mills: number;
  /** Epoch ms. */
  readonly start: number;
  /** ms */
  readonly interval: number;
  readonly curves: readonly Curve[];
}

type Forecast = Pick<Prediction, 'source' | 'start' | 'curves'>;

/** All of them predict in steps of five minutes, and none says so. */
const INTERVAL_MS = 5 * 60_000;
/** Clocks of phones run fast; what is further ahead is no prediction made by now. */
const AHEAD_MS = 5 * 60_000;

/**
 * The newest prediction of each device, newest first. One that starts (or was uploaded) in the future or too long ago is left out,
 * so is whatever cannot be read; nothing throws.
 * @param statuses device statuses as uploaded
 * @param time now, epoch ms
 * @param maxAgeMs how long ago it may have started
 */
export function predictionsOf(statuses: readonly Timed[], time: number, maxAgeMs: number): Prediction[] {
  const newest = new Map<string, Prediction>();
  for (const status of statuses) {
    const mills = instant(status.mills);
    if (mills === undefined || mills > time + AHEAD_MS || mills < time - maxAgeMs) continue;
    for (const { source, start, curves } of [...loopForecasts(status), ...orefForecasts(status)]) {
      if (start > time + AHEAD_MS || start < time - maxAgeMs) continue;
      const device = textOf(status.device) ?? null;
      const key = JSON.stringify([source, device]);
      const before = newest.get(key);
      // a decision is uploaded with every status until the next one: of equals the latest upload, or the part acted upon
      if (before && (start < before.start || (start === before.start && mills < before.mills))) continue;
      const created_at = textOf(status.created_at) ?? isoOf(mills);
      newest.set(key, { source, device, created_at, mills, start, interval: INTERVAL_MS, curves });
    }
  }
  return [...newest.values()].sort((a, b) => b.start - a.start);
}

/** `loop.predicted {startDate, values}`; some write no start, then the time of the decision stands in. */
function loopForecasts(status: Timed): Forecast[] {
  const loop = fieldsOf(status.loop);
  const predicted = fieldsOf(loop.predicted);
  return forecast('loop', startOf([predicted.startDate, loop.timestamp, status.mills]), [['predicted', predicted.values]]);
}

/** `openaps.suggested|enacted.predBGs`: lists by name, in old uploads one list. Enacted comes last: of equals it is the one that counts. */
function orefForecasts(status: Timed): Forecast[] {
  const { suggested, enacted } = fieldsOf(status.openaps);
  return [suggested, enacted].filter(isFields).flatMap((part: Fields) => {
    const { predBGs } = part;
    const lists = Array.isArray(predBGs) ? [['predicted', predBGs] as const] : Object.entries(fieldsOf(predBGs));
    return forecast('openaps', startOf([part.mills, part.timestamp, status.mills]), lists);
  });
}

/** None without a start or without a curve. */
function forecast(
  source: Forecast['source'],
  start: number | undefined,
  lists: readonly (readonly [label: string, list: unknown])[]
): Forecast[] {
  const curves = lists
    .map(([label, list]) => ({ label, values: readable(list) }))
    .filter(({ label, values }) => label !== '' && values.length > 0);
  return start === undefined || curves.length === 0 ? [] : [{ source, start, curves }];
}

/** The first time that is written; when that one cannot be read there is none, a guess would shift the whole curve. */
function startOf(times: readonly unknown[]): number | undefined {
  return instant(times.find((time) => time !== undefined && time !== null));
}

/** The values up to the first that is no number: leaving out one in between would move those after it in time. */
function readable(list: unknown): number[] {
  if (!Array.isArray(list)) return [];
  const values = list.map(numberOf);
  const end = values.indexOf(undefined);
  return (end < 0 ? values : values.slice(0, end)) as number[];
}
