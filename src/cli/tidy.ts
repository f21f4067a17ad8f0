import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is looked at, and what is done; all of it of this process. */
interface Housekeeping {
  /** Bytes V8 holds for JavaScript, used or not. */
  heap(): number;
  /** CPU time since the start, µs. */
  cpu(): number;
  collect(): void;
}

/** How often is looked, ms. */
export const LOOK_MS = 10_000;
/** Who used less of a core since the last look is at rest. */
const REST = 0.05;
/** What the heap must have grown by to be worth the pause of a collection (20 ms after a start, 100 with a thousand sockets), bytes. */
const WORTH = 12 * 1_048_576;

/**
 * Gives memory back when there is nothing else to do. V8 collects when it needs room; after a start, a backfill or a rush of
 * sockets it needs none, and keeps what it took then: a quarter of a small site, three quarters after a busy hour. Hosts pay for it.
 * @returns stops it
 */
export function tidyAtRest(host: Housekeeping = ofThisProcess()): () => void {
  let settled = 0;
  let cpu = host.cpu();
  const timer = setInterval(() => {
    const used = host.cpu() - cpu;
    cpu += used;
    if (used > LOOK_MS * 1000 * REST || host.heap() - settled < WORTH) return;
    host.collect();
    settled = host.heap();
    cpu = host.cpu();
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
}

function ofThisProcess(): Housekeeping {
  let gc: (() => void) | undefined;
  return {
    heap: () => process.memoryUsage().heapTotal,
    cpu() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    collect() {
      if (!gc) {
        // Node hands it out to those only who ask on the command line; a context made afterwards has it, too
        setFlagsFromString('--expose-gc');
        gc = runInNewContext('gc') as () => void;
        setFlagsFromString('--no-expose-gc');
      }
      gc();
    }
  };
}
