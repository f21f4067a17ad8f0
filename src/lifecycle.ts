/** Whether a server is at work or closing, and what must be finished before it may go: one per server. */
export interface Lifecycle {
  /** True from the moment the server was told to stop. */
  readonly closing: boolean;
  /** Work that somebody waits for has begun. @returns to be called when it was answered; a second call does nothing */
  begin(): () => void;
  /** Says that the server is to stop. */
  close(): void;
  /** Resolves when nothing begun is unfinished, or after `limitMs`. @returns whether all was finished */
  idle(limitMs: number): Promise<boolean>;
}

export function createLifecycle(): Lifecycle {
  let closing = false;
  let underWay = 0;
  const waiting = new Set<() => void>();

  return {
    get closing() {
      return closing;
    },
    begin() {
      underWay += 1;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        underWay -= 1;
        if (underWay === 0) for (const tell of waiting) tell();
      };
    },
    close() {
      closing = true;
    },
    idle(limitMs) {
      if (underWay === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const settle = (finished: boolean): void => {
          clearTimeout(timer);
          waiting.delete(tell);
          resolve(finished);
        };
        const tell = (): void => settle(true);
        const timer = setTimeout(() => settle(false), limitMs);
        waiting.add(tell);
      });
    }
  };
}
