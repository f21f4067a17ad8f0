import type { Link } from './link.ts';
import type { Names } from './names.ts';
import { GIVE_UP, LEASE, run } from './scripts.ts';

/** Which process does what only one may do. */
export interface Leadership {
  /** True while this process does it: it holds the lease, or nobody can know who does. */
  readonly leads: boolean;
  /** Called at each change, with {@link leads}. */
  onChange(listener: (leads: boolean) => void): void;
  start(): void;
  /** Hands over at once. */
  close(): Promise<void>;
}

/** How long a dead leader is waited for, and how long a process that hears nothing believes that there is one, ms. */
const LEASE_MS = 8000;
const LOOK_MS = 1000;

/**
 * A lease in Redis. While Redis is away nobody can know whether a leader lives, so after the time of a lease everybody leads: an
 * alarm that is told twice does less harm than one that is not told.
 */
export function createLeadership(link: Link, { names, instance }: { names: Names; instance: string }): Leadership {
  const listeners: ((leads: boolean) => void)[] = [];
  let leads = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  /** until when what was heard last holds */
  let until = 0;

  function set(next: boolean): void {
    if (next === leads || isClosed) return;
    leads = next;
    for (const listener of listeners) listener(leads);
  }

  async function look(): Promise<void> {
    const began = performance.now();
    try {
      const mine = await link.call<number>(run(LEASE, [names.leader], [instance, LEASE_MS]));
      until = began + LEASE_MS;
      set(mine === 1);
    } catch {
      if (performance.now() > until) set(true);
    }
    if (!isClosed) timer = setTimeout(again, LOOK_MS).unref();
  }
  function again(): void {
    looking = look();
  }

  return {
    get leads() {
      return leads;
    },
    onChange: (listener) => void listeners.push(listener),
    start() {
      until = performance.now() + LEASE_MS;
      again();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await looking;
      leads = false;
      const { leader } = names;
      if (link.isReady) await link.call(run(GIVE_UP, [leader, `${leader}:-`, `${leader}:-`], [instance])).catch(() => undefined);
    }
  };
}
