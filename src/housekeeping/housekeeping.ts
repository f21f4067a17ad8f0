import type { Services } from '../services.ts';
import type { CollectionName } from '../storage/port.ts';
import type { Sweep } from './sweep.ts';
import { dropOld, dropPredictions, dropTombstones, keepBudget } from './tasks.ts';

const HOUR_MS = 3_600_000;
/** The first round waits until the start is over and the apps have reconnected. */
const FIRST_MS = 5 * 60_000;

/** Keeps the database from growing for ever, as far as the settings ask for it. */
export interface Housekeeping {
  /** One round; a round under way is waited for instead. Never throws. */
  run(): Promise<void>;
  /** Ends the round under way after its present batch. */
  close(): Promise<void>;
}

/**
 * Hourly: removes what a collection no longer keeps, takes predictions out of old device statuses, forgets old deletes and
 * holds the budget. All of it through the commit path, quietly: making room must not make phones drop their copies.
 */
export function createHousekeeping({
  config: { housekeeping: settings },
  storage,
  commit,
  bus,
  log,
  now
}: Pick<Services, 'config' | 'storage' | 'commit' | 'bus' | 'log' | 'now'>): Housekeeping {
  let closed = false;
  let running: Promise<void> | undefined;
  /** up to where the curves are out already; statuses imported below that are met at the next start */
  let curvesOut: number | undefined;
  let wasOver = false;
  const tools: Sweep = { storage, commit, stopped: () => closed };

  async function round(): Promise<void> {
    for (const [collection, days] of Object.entries(settings.keepDays) as [CollectionName, number][])
      await task(`old ${collection}`, () => dropOld(tools, collection, days, now()));
    await task('old deletes', () => dropTombstones(tools, settings.tombstoneDays, now()));
    if (settings.predictionsDays !== undefined) {
      const at = now();
      const days = settings.predictionsDays;
      await task('old predictions', () => dropPredictions(tools, days, at, curvesOut));
      if (!closed) curvesOut = at - (days + 1) * 24 * HOUR_MS;
    }
    if (settings.budget !== undefined) await holdBudget(settings.budget);
  }

  async function holdBudget(budget: number): Promise<void> {
    await task('device statuses for the storage budget', async () => {
      const { shortened, removed, over } = await keepBudget(tools, budget, now());
      if (over && !wasOver)
        bus.publish('admin-notify', {
          title: 'Database too large',
          message: 'The database is larger than STORAGE_BUDGET_MB although old device statuses were thinned.'
        });
      wasOver = over;
      return shortened + removed;
    });
  }

  async function task(what: string, work: () => Promise<number>): Promise<void> {
    if (closed) return;
    try {
      const count = await work();
      if (count > 0) log.info({ count }, `housekeeping: ${what}`);
    } catch (error) {
      log.warn({ err: error }, `housekeeping could not finish: ${what}`);
    }
  }

  function run(): Promise<void> {
    running ??= round().finally(() => {
      running = undefined;
    });
    return running;
  }

  let timer = setTimeout(function turn() {
    void run();
    timer = setTimeout(turn, HOUR_MS).unref();
  }, FIRST_MS).unref();

  return {
    run,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    }
  };
}
