import { Counter, Gauge, type Registry } from 'prom-client';
import type { QueueStats } from '../integrations/queue.ts';
import type { Live } from '../live/live.ts';

/** What is looked at each time somebody asks for the metrics. */
export interface Watched {
  readonly live: Pick<Live, 'data' | 'state'>;
  /** Counters of the push services, by name. */
  deliveries(): Readonly<Record<string, QueueStats>>;
  /** Sockets that are connected here. */
  sockets(): Iterable<{ readonly namespace: string; readonly transport: string }>;
}

const OUTCOMES = ['delivered', 'failures', 'refused', 'dropped', 'withdrawn'] as const;

/** Sockets, messages to push services and sizes. */
export function siteMetrics(register: Registry, { live, deliveries, sockets }: Watched): void {
  const registers = [register];
  new Gauge({
    name: 'vigil_sockets',
    help: 'Sockets that are connected, by namespace and transport.',
    labelNames: ['namespace', 'transport'],
    registers,
    collect() {
      this.reset();
      for (const { namespace, transport } of sockets()) this.inc({ namespace, transport });
    }
  });
  new Counter({
    name: 'vigil_alarm_deliveries_total',
    help: 'Messages to push services by what became of them (failures: attempts that are repeated).',
    labelNames: ['channel', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const [channel, stats] of Object.entries(deliveries()))
        for (const outcome of OUTCOMES) this.inc({ channel, outcome }, stats[outcome]);
    }
  });
  new Gauge({
    name: 'vigil_outbox_depth',
    help: 'Messages that wait for a push service.',
    labelNames: ['channel'],
    registers,
    collect() {
      for (const [channel, { queued }] of Object.entries(deliveries())) this.set({ channel }, queued);
    }
  });
  new Gauge({
    name: 'vigil_storage_size_bytes',
    help: 'Size of the database, as of the last heartbeat.',
    labelNames: ['part'],
    registers,
    collect() {
      const { dataSize, indexSize } = live.data().dbstats;
      if (dataSize !== undefined) this.set({ part: 'data' }, dataSize);
      if (indexSize !== undefined) this.set({ part: 'indexes' }, indexSize);
    }
  });
  new Gauge({
    name: 'vigil_live_loaded',
    help: '1 when the recent past was read from the database, 0 before.',
    registers,
    collect() {
      this.set(live.state() === 'loaded' ? 1 : 0);
    }
  });
}
