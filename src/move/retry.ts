import { setTimeout as pause } from 'node:timers/promises';

interface Patience {
  /** Whether trying again makes sense. */
  readonly isPassing: (error: unknown) => boolean;
  /** How long the other side asked to wait, ms. */
  readonly afterMs?: (error: unknown) => number | undefined;
  /** Attempts in all. */
  readonly attempts?: number;
  readonly firstMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const LONGEST_MS = 60_000;
const LONGEST_ASKED_MS = 600_000;

/** Does it again while it fails for reasons that pass, with growing pauses. @throws the last error */
export async function retrying<T>(
  work: () => Promise<T>,
  { isPassing, afterMs, attempts = 8, firstMs = 500, signal }: Patience
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || signal?.aborted || !isPassing(error)) throw error;
      const grown = Math.min(firstMs * 2 ** (attempt - 1), LONGEST_MS);
      await pause(Math.max(grown, Math.min(afterMs?.(error) ?? 0, LONGEST_ASKED_MS)), undefined, signal ? { signal } : {}).catch(
        () => {
          throw error;
        }
      );
    }
  }
}
