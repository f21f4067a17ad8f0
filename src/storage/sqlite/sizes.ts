import { nextTurn } from './cold/codec.ts';
import type { Driver } from './driver.ts';

/** How long a measurement of the indexes is good for, ms: it reads all of them. */
const GOOD_FOR_MS = 600_000;

/** Bytes of documents and of indexes; empty pages count as neither. */
export interface Sizes {
  /** Cheap: the sum is of this moment, the share of the indexes of the last measurement, which goes on in the background. */
  read(): { dataSize: number; indexSize: number };
  stop(): Promise<void>;
}

export function createSizes(driver: Driver): Sizes {
  let indexSize = 0;
  let measured = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let measuring: Promise<void> = Promise.resolve();

  async function measure(): Promise<void> {
    const names = driver.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' OR name = 'cold_keys'").all() as {
      name: string;
    }[];
    let bytes = 0;
    for (const { name } of names) {
      await nextTurn();
      if (stopped) return;
      const { size } = driver.prepare('SELECT sum(pgsize) AS size FROM dbstat WHERE name = ? AND aggregate = TRUE').get(name) as {
        size: number | null;
      };
      bytes += size ?? 0;
    }
    indexSize = bytes;
  }

  return {
    read() {
      if (performance.now() - measured > GOOD_FOR_MS && !stopped) {
        measured = performance.now();
        measuring = measure().catch(() => {});
      }
      const { pages } = driver
        .prepare('SELECT page_count - freelist_count AS pages FROM pragma_page_count, pragma_freelist_count')
        .get() as { pages: number };
      const { page_size: size } = driver.prepare('PRAGMA page_size').get() as { page_size: number };
      const total = pages * size;
      const indexes = Math.min(indexSize, total);
      return { dataSize: total - indexes, indexSize: indexes };
    },
    async stop() {
      stopped = true;
      await measuring;
    }
  };
}
