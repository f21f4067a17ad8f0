/** Counts what each client did in the running window. */
export interface Tally {
  /** @returns 0 while the client is below the limit, else the whole seconds after which it is again */
  over(client: string): number;
  add(client: string): void;
}

/** Clients remembered; of more, the one that began its window first is forgotten. */
const MAX_CLIENTS = 10_000;

/**
 * @param limit how much a client may do in a window; 0: as much as it likes
 * @param now the clock, epoch ms; one that is set back begins a new window
 */
export function createTally(limit: number, windowMs: number, now: () => number): Tally {
  const windows = new Map<string, { readonly since: number; count: number }>();

  function current(client: string): { readonly since: number; count: number } | undefined {
    const found = windows.get(client);
    if (!found) return undefined;
    const age = now() - found.since;
    if (age >= 0 && age < windowMs) return found;
    windows.delete(client);
    return undefined;
  }

  return {
    over(client) {
      const found = limit > 0 ? current(client) : undefined;
      if (!found || found.count < limit) return 0;
      return Math.max(1, Math.ceil((found.since + windowMs - now()) / 1000));
    },
    add(client) {
      if (limit === 0) return;
      const found = current(client);
      if (found) found.count += 1;
      else {
        for (const oldest of windows.keys()) {
          if (windows.size < MAX_CLIENTS) break;
          windows.delete(oldest);
        }
        windows.set(client, { since: now(), count: 1 });
      }
    }
  };
}
