import type { Logger } from 'pino';
import type { createClient } from 'redis';
import type { ServerOptions } from 'socket.io';

/** Socket.IO's own Redis adapter with its two connections. */
export interface SocketAdapter {
  readonly adapter: NonNullable<ServerOptions['adapter']>;
  close(): Promise<void>;
}

const LONGEST_PAUSE_MS = 1000;
const PING_MS = 10_000;

/**
 * Connects in the background; while Redis is away each process serves its own sockets only.
 * @param options.key start of its channels
 */
export async function createSocketAdapter(
  make: typeof createClient,
  { url, key, log }: { url: string; key: string; log: Logger }
): Promise<SocketAdapter> {
  const { createAdapter } = await import('@socket.io/redis-adapter');
  const open = (name: string, disableOfflineQueue: boolean) => {
    const client = make({
      url,
      name,
      RESP: 2,
      disableOfflineQueue,
      pingInterval: PING_MS,
      socket: { reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, LONGEST_PAUSE_MS) }
    });
    client.on('error', () => undefined);
    client.connect().catch((error: unknown) => log.debug({ error: (error as Error).name }, 'sockets without Redis'));
    return client;
  };
  const publisher = open('vigil-sockets', true);
  // its subscriptions wait for the connection
  const subscriber = open('vigil-sockets-heard', false);

  return {
    adapter: createAdapter(quiet(publisher), quiet(subscriber), { key }) as unknown as SocketAdapter['adapter'],
    async close() {
      for (const client of [publisher, subscriber]) if (client.isOpen) client.destroy();
    }
  };
}

/** The adapter does not look at what becomes of its commands; a Redis that is away must not be an unhandled rejection each. */
function quiet<T extends object>(client: T): T {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args);
        if (result instanceof Promise) result.catch(() => undefined);
        return result;
      };
    }
  });
}
