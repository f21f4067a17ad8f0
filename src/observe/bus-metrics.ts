import { Counter, Histogram, type Registry } from 'prom-client';
import type { Bus } from '../bus/bus.ts';
import type { Committed } from '../bus/events.ts';
import { createDurations } from './durations.ts';

export interface BusMetrics {
  /** The bus with its listeners measured; counts what it carries. */
  observed(bus: Bus): Bus;
}

/** Commits by door, and how far behind those are who hear of them. */
export function busMetrics(register: Registry): BusMetrics {
  const registers = [register];
  const commits = new Counter({
    name: 'vigil_commits_total',
    help: 'Documents created, updated or deleted, by the door they came in by.',
    labelNames: ['door', 'collection', 'op'],
    registers
  });
  const failures = new Counter({
    name: 'vigil_auth_failures_total',
    help: 'Wrong credentials that were presented.',
    registers
  });
  const listening = createDurations(register, {
    name: 'vigil_bus_listener_seconds',
    help: 'Time a listener takes over one event of the bus, until its promise settles where it gives one.',
    labelNames: ['event', 'owner'],
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
  });
  const lag = new Histogram({
    name: 'vigil_bus_lag_seconds',
    help: 'Time from the first commit of a batch until the live state shows it and everybody was told.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers
  });

  return {
    observed(bus) {
      bus.subscribe('committed', 'metrics', (events) => {
        // the process that stored it counts it; a backfill is a run of the same
        for (let at = 0; at < events.length; ) {
          const { door, collection, op, remote } = events[at]!;
          const from = at;
          while (++at < events.length && isAlike(events[at]!, events[from]!));
          if (!remote) commits.inc({ door, collection, op }, at - from);
        }
      });
      bus.subscribe('auth-failed', 'metrics', ({ remote }) => void (remote || failures.inc()));
      bus.subscribe('live-updated', 'metrics', ({ lagMs }) => {
        if (lagMs !== undefined) lag.observe(lagMs / 1000);
      });
      return {
        ...bus,
        subscribe: (event, owner, listener) =>
          bus.subscribe(event, owner, (payload) => {
            const start = performance.now();
            const done = (): void => listening.observe([event, owner], (performance.now() - start) / 1000);
            let result: void | Promise<void>;
            try {
              result = listener(payload);
            } catch (error) {
              done();
              throw error;
            }
            if (!(result instanceof Promise)) return done();
            return result.finally(done);
          })
      };
    }
  };
}

const isAlike = (a: Committed, b: Committed): boolean =>
  a.door === b.door && a.collection === b.collection && a.op === b.op && a.remote === b.remote;
