import { Refusal } from '../../errors.ts';

/** From one question to the next while the database is away, ms. */
const PROBE_MS = 1000;
/** An operation that takes longer raises the question whether the database is still there, and so long it may take to answer, ms. */
const PATIENCE_MS = 1000;
const ANSWER_MS = 1000;

/** Knows whether the database is there. Away lasts until what was kept meanwhile is there, too. */
export interface Watch {
  readonly away: boolean;
  /** Changes each time it goes. */
  readonly epoch: number;
  /**
   * Waits for an operation, but not for a database that has gone.
   * @returns its value, or undefined when the database is away
   * @throws what the operation throws, if that has another reason
   */
  through<T>(work: Promise<T>, kind: 'read' | 'write'): Promise<{ readonly value: T } | undefined>;
  /** The connection broke. */
  lost(): void;
  /** The connection is there again: look now. */
  probe(): void;
  /** Called by `back`: from now on it is there. */
  found(): void;
  onAway(listener: () => void): void;
  /** When it has gone only just now: waits whether it comes back. @returns whether it has */
  blink(ms: number): Promise<boolean>;
  /** Resolves, after {@link close}, when nothing is under way. */
  readonly settled: Promise<void>;
  close(): void;
}

/**
 * @param deps.ready false while there is no use in giving up early, because nobody could answer instead
 * @param deps.back brings over what was kept and calls `found`; fails when the database has gone again
 */
export function createWatch(deps: {
  away: boolean;
  ready: () => boolean;
  ping: () => Promise<void>;
  back: () => Promise<unknown>;
}): Watch {
  let away = deps.away;
  let epoch = 0;
  let since = performance.now();
  let closed = false;
  /** What waits for the database, to be told to give up. */
  const underWay = new Set<() => void>();
  /** What waits for it to come back. */
  const waiting = new Set<() => void>();
  let wake = (): void => {};
  let watching: Promise<void> = Promise.resolve();
  const listeners: (() => void)[] = [];
  if (away) watching = watchOut();

  function lost(): void {
    if (away || closed) return;
    away = true;
    epoch += 1;
    since = performance.now();
    for (const giveUp of [...underWay]) giveUp();
    for (const listener of listeners) listener();
    watching = watchOut();
  }

  async function watchOut(): Promise<void> {
    while (away && !closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PROBE_MS).unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (closed) return;
      try {
        await deps.ping();
        await deps.back();
      } catch {
        // next time
      }
    }
  }

  /** Whether the database answers a simple question soon. */
  const answers = (): Promise<boolean> =>
    within(
      deps.ping().then(
        () => true,
        () => false
      ),
      ANSWER_MS
    ).then((answer) => answer ?? false);

  const through = <T>(work: Promise<T>, kind: 'read' | 'write'): Promise<{ value: T } | undefined> =>
    new Promise((resolve, reject) => {
      const over = (): void => {
        clearTimeout(timer);
        underWay.delete(giveUp);
      };
      const giveUp = (): void => {
        over();
        resolve(undefined);
      };
      const timer = setTimeout(() => void doubt(), PATIENCE_MS);
      underWay.add(giveUp);
      work.then(
        (value) => {
          over();
          resolve({ value });
        },
        (error: unknown) => {
          over();
          failed(error, kind).then(() => resolve(undefined), reject);
        }
      );
    });

  async function doubt(): Promise<void> {
    if (!away && deps.ready() && !(await answers())) lost();
  }

  /** @throws the error, when it does not mean that the database has gone */
  async function failed(error: unknown, kind: 'read' | 'write'): Promise<void> {
    if (!(error instanceof Refusal) || error.code !== 'storage-away' || closed) throw error;
    // a query that takes too long is no reason to believe it
    if (kind === 'read' && !away && (await answers())) throw error;
    lost();
  }

  return {
    get away() {
      return away;
    },
    get epoch() {
      return epoch;
    },
    get settled() {
      return watching;
    },
    through,
    lost,
    probe: () => wake(),
    found() {
      away = false;
      for (const tell of waiting) tell();
    },
    onAway: (listener) => void listeners.push(listener),
    async blink(ms) {
      const left = ms - (performance.now() - since);
      if (away && left > 0) {
        let tell = (): void => {};
        await within(
          new Promise<void>((resolve) => {
            tell = resolve;
            waiting.add(tell);
          }),
          left
        );
        waiting.delete(tell);
      }
      return !away;
    },
    close() {
      closed = true;
      wake();
    }
  };
}

/** The outcome, or undefined when it takes longer. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    // an answer may lie there already, when it was this process that was slow
    timer = setTimeout(() => setImmediate(resolve, undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
