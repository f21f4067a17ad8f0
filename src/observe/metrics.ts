import { collectDefaultMetrics, Registry } from 'prom-client';
import { type BusMetrics, busMetrics } from './bus-metrics.ts';
import { type HttpMetrics, httpMetrics } from './http-metrics.ts';
import { siteMetrics, type Watched } from './site-metrics.ts';
import { type StorageMetrics, storageMetrics } from './storage-metrics.ts';

/**
 * What a server counts about itself, for Prometheus. Labels are words of our own (routes, doors, collections): never a name, an
 * address, an identifier or a value somebody sent.
 */
export interface Metrics {
  readonly http: HttpMetrics;
  readonly bus: BusMetrics;
  readonly storage: StorageMetrics;
  /** Reads sockets, deliveries and sizes from there each time somebody asks. */
  watch(site: Watched): void;
  /** Everything in Prometheus' text format. */
  render(): Promise<{ readonly type: string; readonly body: string }>;
  close(): void;
}

/** The metrics of one server, in a registry of its own. */
export function createMetrics(): Metrics {
  const register = new Registry();
  let process = false;
  return {
    http: httpMetrics(register),
    bus: busMetrics(register),
    storage: storageMetrics(register),
    watch: (site) => siteMetrics(register, site),
    async render() {
      // from the first reader on: watching the event loop costs a timer every few milliseconds
      if (!process) collectDefaultMetrics({ register });
      process = true;
      return { type: register.contentType, body: await register.metrics() };
    },
    // what the library watches in the process it watches for ever; it must not hold on to a closed server
    close: () => register.clear()
  };
}
