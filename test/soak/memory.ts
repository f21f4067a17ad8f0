import { readFileSync } from 'node:fs';
import type { Running } from '../support/process.ts';
import { clock, median } from './figures.ts';

const EVERY = 10_000;
const WARM_UP = 120_000;
const MB = 1_048_576;

interface Sample {
  readonly at: number;
  readonly rss: number;
  readonly heap: number;
  readonly lag: number;
}

/** Memory of a server, MB. */
export interface Memory {
  readonly samples: number;
  readonly warmUpSeconds: number;
  /** Medians of the first and of the last third of the time after the warm-up. */
  readonly first: Pick<Sample, 'rss' | 'heap'>;
  readonly last: Pick<Sample, 'rss' | 'heap'>;
  readonly most: number;
  /** Longest p99 of the event loop's delay in any ten seconds, ms. */
  readonly lag: number;
  /** Growth of the resident memory from the first to the last third: 0.05 is 5 %. */
  readonly growth: number;
}

/** Looks at the server every ten seconds, from outside and through its metrics. */
export function createMemory(server: Running) {
  const began = clock();
  const samples: Sample[] = [];

  async function look(): Promise<void> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    const kb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1]);
    samples.push({
      at: clock() - began,
      rss: kb / 1024,
      heap: gauge('nodejs_heap_size_used_bytes') / MB,
      lag: gauge('nodejs_eventloop_lag_p99_seconds') * 1000
    });
    if (samples.length % 6 === 0) {
      const { at, rss, heap, lag } = samples.at(-1)!;
      console.log(
        `${Math.round(at / 60_000)} min: ${rss.toFixed(0)} MB resident, heap ${heap.toFixed(0)} MB, lag p99 ${lag.toFixed(0)} ms`
      );
    }
  }

  const timer = setInterval(() => void look().catch((error: unknown) => console.error('no sample:', error)), EVERY);
  return {
    stop: () => clearInterval(timer),
    summary(): Memory {
      const end = samples.at(-1)?.at ?? 0;
      // a trial is shorter than the warm-up of a real run
      const warmUp = Math.min(WARM_UP, end / 4);
      const third = (end - warmUp) / 3;
      const between = (from: number, to: number): Pick<Sample, 'rss' | 'heap'> => {
        const part = samples.filter(({ at }) => at >= from && at <= to);
        return { rss: median(part.map(({ rss }) => rss)), heap: median(part.map(({ heap }) => heap)) };
      };
      const first = between(warmUp, warmUp + third);
      const last = between(end - third, end);
      return {
        samples: samples.length,
        warmUpSeconds: Math.round(warmUp / 1000),
        first,
        last,
        most: Math.max(...samples.map(({ rss }) => rss)),
        lag: Math.max(...samples.map(({ lag }) => lag)),
        growth: last.rss / first.rss - 1
      };
    }
  };
}
