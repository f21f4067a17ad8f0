import type { Logger } from 'pino';
import type { Bus } from '../bus/bus.ts';
import type { Committed } from '../bus/events.ts';
import type { Config } from '../config/config.ts';
import type { Storage } from '../storage/port.ts';
import type { Live, LiveData } from './live.ts';
import { load } from './load.ts';
import { NOTHING, Recent } from './recent.ts';

interface LiveDeps {
  readonly storage: Storage;
  readonly bus: Bus;
  readonly config: Config;
  /** The clock, epoch ms. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Pauses between attempts of the first load, ms. */
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** A batch this large is a backfill, of which more will come: it is announced after a pause of {@link LULL_MS}, at most {@link LONGEST_MS}. */
const BACKFILL = 200;
const LULL_MS = 40;
const LONGEST_MS = 400;

/**
 * Live state: read from storage once, then fed by what is committed (D19). Changes of one turn of the event loop make one
 * `onChange`, and so does a backfill; a heartbeat lets old documents go. After the first load the listeners are called once, with an empty `before`
 * (`lastUpdated` 0).
 * @returns `ready` resolves when the first load is complete, or when it is closed before
 */
export function createLive({ storage, bus, config, now, log }: LiveDeps): Live & { ready: Promise<void> } {
  const listeners = new Map<symbol, { owner: string; listener: (before: LiveData, after: LiveData) => void }>();
  const early: Committed[] = [];
  let recent: Recent | undefined;
  let present = NOTHING;
  let dbstats: LiveData['dbstats'] = {};
  let closed = false;
  let pending: NodeJS.Immediate | undefined;
  let lull: { readonly until: number; readonly timer: NodeJS.Timeout } | undefined;
  let retry: NodeJS.Timeout | undefined;
  /** When the first commit came in that is not shown yet. */
  let waitingSince: number | undefined;
  let settleReady!: () => void;
  const ready = new Promise<void>((resolve) => {
    settleReady = resolve;
  });

  const unsubscribe = bus.subscribe('committed', 'live', (events) => {
    if (!recent) {
      early.push(...events);
      return;
    }
    waitingSince ??= performance.now();
    for (const event of events) takeIn(recent, event);
    if (events.length < BACKFILL) pending ??= setImmediate(flush);
    else awaitLull();
  });
  const heartbeat = setInterval(beat, config.heartbeatMs).unref();
  void boot(RETRY_MS);

  function takeIn(target: Recent, { collection, op, doc }: Committed): void {
    try {
      if (op === 'delete') target.drop(collection, doc._id);
      else target.put(collection, doc, now());
    } catch (error) {
      log.error({ err: error, collection }, 'a document could not be taken into the live state');
    }
  }

  async function boot(pause: number): Promise<void> {
    try {
      const fresh = new Recent(config);
      const at = now();
      await load(storage, config, at, (collection, doc) =>
        takeIn(fresh, { collection, op: 'update', door: 'server', doc, srvModified: 0 })
      );
      dbstats = await sizes();
      if (closed) return;
      for (const event of early.splice(0)) takeIn(fresh, event);
      recent = fresh;
      flush();
      settleReady();
    } catch (error) {
      if (closed) return;
      log.warn({ err: error, retryMs: pause }, 'the live state could not be loaded yet');
      retry = setTimeout(() => void boot(Math.min(pause * 2, MAX_RETRY_MS)), pause).unref();
    }
  }

  function awaitLull(): void {
    const at = performance.now();
    const until = lull?.until ?? at + LONGEST_MS;
    clearTimeout(lull?.timer);
    lull = { until, timer: setTimeout(flush, Math.max(0, Math.min(LULL_MS, until - at))) };
  }

  /** A database user who may not ask for sizes can still keep readings. */
  async function sizes(): Promise<LiveData['dbstats']> {
    return storage.sizes().catch((error: unknown) => {
      log.debug({ err: error }, 'database sizes are not known');
      return dbstats;
    });
  }

  /** Makes what was taken in the present state, and tells. */
  function flush(): void {
    clearImmediate(pending);
    clearTimeout(lull?.timer);
    pending = undefined;
    lull = undefined;
    const since = waitingSince;
    waitingSince = undefined;
    if (!recent || closed) return;
    const before = present;
    try {
      present = recent.snapshot(now(), dbstats);
    } catch (error) {
      log.error({ err: error }, 'the live state could not be brought up to date');
      return;
    }
    if (before !== NOTHING && sameContent(before, present)) return;
    for (const { owner, listener } of [...listeners.values()]) {
      try {
        listener(before, present);
      } catch (error) {
        log.error({ err: error, owner }, 'a listener of the live state failed');
      }
    }
    bus.publish('live-updated', { at: present.lastUpdated, ...(since !== undefined && { lagMs: performance.now() - since }) });
  }

  function beat(): void {
    if (!recent) return;
    recent.age(now());
    flush();
    void sizes().then((found) => {
      dbstats = found;
      present = { ...present, dbstats };
    });
  }

  return {
    ready,
    data: () => present,
    state: () => (recent ? 'loaded' : 'booting'),
    onChange(owner, listener) {
      const key = Symbol(owner);
      listeners.set(key, { owner, listener });
      return () => void listeners.delete(key);
    },
    async close() {
      closed = true;
      unsubscribe();
      clearInterval(heartbeat);
      clearTimeout(retry);
      clearImmediate(pending);
      clearTimeout(lull?.timer);
      listeners.clear();
      settleReady();
    }
  };
}

/** True when nothing but the clock and the sizes differs. */
function sameContent(a: LiveData, b: LiveData): boolean {
  return (
    a.sgvs === b.sgvs &&
    a.mbgs === b.mbgs &&
    a.cals === b.cals &&
    a.treatments === b.treatments &&
    a.devicestatus === b.devicestatus &&
    a.profiles === b.profiles &&
    a.food === b.food &&
    a.activity === b.activity &&
    a.lastProfileFromSwitch === b.lastProfileFromSwitch
  );
}
