import type { Config } from '../config/config.ts';
import type { CollectionName } from '../storage/port.ts';
import { DAY_MS, isOlder, timeField } from './age.ts';
import { withoutPredictions } from './predictions.ts';
import { type Sweep, sweep } from './sweep.ts';

/** The budget never reaches younger statuses than these: a week of curves, a month of statuses. */
const CURVES_DAYS = 7;
const STATUS_DAYS = 30;
/** Statuses removed between two looks at the size. */
const PORTION = 5000;
const TOMBSTONES = 500;

/** Removes what is older than a collection keeps. @returns how many went */
export async function dropOld(tools: Sweep, collection: CollectionName, days: number, now: number): Promise<number> {
  const before = now - days * DAY_MS;
  const { field, at } = timeField(collection);
  return sweep(tools, collection, { field, before: at(before) }, (doc) =>
    isOlder(doc, before) ? { do: 'remove', quietly: true } : { do: 'nothing' }
  );
}

/**
 * Takes the curves out of device statuses older than `days`.
 * @param from epoch ms where an earlier run ended; undefined: all of them
 * @returns how many were shortened
 */
export async function dropPredictions(tools: Sweep, days: number, now: number, from?: number): Promise<number> {
  const before = now - days * DAY_MS;
  const { field, at } = timeField('devicestatus');
  const span = { field, before: at(before), from: from === undefined ? undefined : at(from) };
  return sweep(tools, 'devicestatus', span, (stored) => {
    const doc = isOlder(stored, before) ? withoutPredictions(stored) : undefined;
    return doc ? { do: 'shorten', doc } : { do: 'nothing' };
  });
}

/** Forgets hard deletes that every app has heard of by now. @returns how many */
export async function dropTombstones({ storage, stopped }: Sweep, days: number, now: number): Promise<number> {
  let gone = 0;
  for (;;) {
    const ids: string[] = [];
    const filter = { srvModified: { $lt: now - days * DAY_MS } };
    for await (const page of storage.find('tombstones', { filter, limit: TOMBSTONES }))
      ids.push(...page.map(({ doc }) => doc._id!));
    await storage.apply(ids.map((_id) => ({ op: 'remove', collection: 'tombstones', _id })));
    gone += ids.length;
    if (ids.length < TOMBSTONES || stopped()) return gone;
  }
}

/** What {@link keepBudget} did. */
export interface Thinned {
  readonly shortened: number;
  readonly removed: number;
  /** The database is still larger than it should be. */
  readonly over: boolean;
}

/** Thins device statuses while the database is larger than its budget: curves first, then whole statuses, oldest first. */
export async function keepBudget(
  tools: Sweep,
  budget: NonNullable<Config['housekeeping']['budget']>,
  now: number
): Promise<Thinned> {
  const isOver = async (): Promise<boolean> => {
    const { dataSize, indexSize } = await tools.storage.sizes();
    return dataSize + indexSize > budget;
  };
  if (!(await isOver())) return { shortened: 0, removed: 0, over: false };
  const shortened = await dropPredictions(tools, CURVES_DAYS, now);
  const before = now - STATUS_DAYS * DAY_MS;
  const { field, at } = timeField('devicestatus');
  let removed = 0;
  while ((await isOver()) && !tools.stopped()) {
    const gone = await sweep(
      tools,
      'devicestatus',
      { field, before: at(before) },
      (doc) => (isOlder(doc, before) ? { do: 'remove', quietly: true } : { do: 'nothing' }),
      PORTION
    );
    removed += gone;
    if (gone < PORTION) break;
  }
  return { shortened, removed, over: await isOver() };
}
