import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { createClient } from 'redis';

/** One connection to Redis that is always being kept, or sought. */
export interface Link {
  /** Commands are answered now, as far as anybody knows. */
  readonly isReady: boolean;
  /**
   * Sends one command at once; commands reach Redis in the order of the calls.
   * @param patienceMs how long an answer may take; a Redis that does not answer counts as away
   * @throws Error when Redis is away, goes away or refuses; then nobody knows whether it was done
   */
  call<T>(args: readonly string[], patienceMs?: number): Promise<T>;
  /** Called at each connection, before anything else is sent over it. */
  onReady(listener: () => void): void;
  /** Called when the connection is lost. */
  onLost(listener: () => void): void;
  close(): Promise<void>;
}

type Client = ReturnType<typeof createClient>;

/** How long a command may take to be answered, ms. */
const PATIENCE_MS = 2500;
const LOOKS = 10;
const CONNECT_MS = 3000;
/** Pauses between attempts to connect, ms. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/**
 * Connects in the background and again whenever the connection breaks.
 * @param options.make the driver, which is loaded only where Redis is used
 * @param options.name what this connection is for, as Redis' CLIENT LIST shows it
 */
export function createLink({
  make,
  url,
  name,
  log
}: {
  make: typeof createClient;
  url: string;
  name: string;
  log: Logger;
}): Link {
  const stop = new AbortController();
  const ready: (() => void)[] = [];
  const lost: (() => void)[] = [];
  let client: Client | undefined;
  let giveUp: ((reason: Error) => void) | undefined;

  async function connection(): Promise<void> {
    const fresh = make({
      url,
      name,
      RESP: 2,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false }
    });
    let onStop = (): void => {};
    try {
      await new Promise<void>((_resolve, reject) => {
        giveUp = reject;
        onStop = () => reject(new Error('closing'));
        stop.signal.addEventListener('abort', onStop);
        fresh.on('error', reject);
        fresh.on('end', () => reject(new Error('Redis closed the connection')));
        fresh.connect().then(() => {
          client = fresh as Client;
          for (const listener of ready) listener();
        }, reject);
      });
    } finally {
      stop.signal.removeEventListener('abort', onStop);
      giveUp = undefined;
      const wasReady = client !== undefined;
      client = undefined;
      if (fresh.isOpen) fresh.destroy();
      if (wasReady) for (const listener of lost) listener();
    }
  }

  const keeping = (async () => {
    let wait = FIRST_PAUSE_MS;
    while (!stop.signal.aborted) {
      const began = performance.now();
      await connection().catch((error: unknown) => {
        // the driver's words may hold the address, and that the password
        const { name: kind, code } = error as NodeJS.ErrnoException;
        if (!stop.signal.aborted) log.debug({ error: kind, code, connection: name }, 'no connection to Redis');
      });
      wait = performance.now() - began > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(wait * 2, LONGEST_PAUSE_MS);
      await pause(wait, undefined, { ref: false, signal: stop.signal }).catch(() => undefined);
    }
  })();

  return {
    get isReady() {
      return client !== undefined;
    },
    async call<T>(args: readonly string[], patienceMs = PATIENCE_MS): Promise<T> {
      if (!client) throw new Error('Redis is away');
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        let looks = 0;
        // several looks: when this very process stood still, the answer is here and was only not read yet
        timer = setInterval(() => {
          looks += 1;
          if (looks < LOOKS) return;
          const error = new Error('Redis does not answer');
          giveUp?.(error);
          reject(error);
        }, patienceMs / LOOKS).unref();
      });
      try {
        return await Promise.race([client.sendCommand([...args]) as Promise<unknown> as Promise<T>, late]);
      } finally {
        clearInterval(timer);
      }
    },
    onReady: (listener) => void ready.push(listener),
    onLost: (listener) => void lost.push(listener),
    async close() {
      stop.abort();
      await keeping;
    }
  };
}
