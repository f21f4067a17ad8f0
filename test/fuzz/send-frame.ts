import { io, type Socket } from 'socket.io-client';
import ioV2 from 'socket.io-client-v2';
import { CLIENTS } from './frames.ts';
import type { Answer, FrameInput } from './input.ts';
import type { Site } from './site.ts';

/** An acknowledgement has to be there after so many ms. */
const PATIENCE_MS = 30_000;
/** How long a packet of any kind is given to do harm, ms. */
const SETTLE_MS = 5;
/** What the server acknowledges, by namespace. */
const ANSWERED: Readonly<Record<string, ReadonlySet<string>>> = {
  '/': new Set(['authorize', 'loadRetro', 'dbAdd', 'dbUpdate', 'dbUpdateUnset', 'dbRemove']),
  '/storage': new Set(['subscribe']),
  '/alarm': new Set(['subscribe'])
};
/** What every namespace answers at once, whoever asks: when it is answered, what went before has been read. */
const FENCE: Readonly<Record<string, readonly [string, object]>> = {
  '/': ['dbAdd', { collection: 'nowhere' }],
  '/storage': ['subscribe', {}],
  '/alarm': ['subscribe', { accessToken: 'wrong' }]
};

/** The clients that speak to one site. */
export interface Clients {
  send(input: FrameInput): Promise<Answer>;
  close(): void;
}

export function createClients(site: Site): Clients {
  const opened = new Set<Socket>();
  const sockets: (Promise<Socket> | undefined)[] = [];

  /** The client, connected; all who ask meanwhile get the same. */
  async function connected(index: number): Promise<Socket> {
    const known = await sockets[index]?.catch(() => undefined);
    if (!known?.connected && (await sockets[index]?.catch(() => undefined)) === known) sockets[index] = open(index);
    return sockets[index]!;
  }

  async function open(index: number): Promise<Socket> {
    const { namespace, version, who } = CLIENTS[index]!;
    const connect = version === 4 ? io : ioV2;
    const socket = connect(site.server.url + (namespace === '/' ? '' : namespace), {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false
    });
    opened.add(socket);
    socket.once('disconnect', () => opened.delete(socket));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      const fail = (error: unknown): void => reject(new Error(`no socket: ${String(error)}`));
      socket.once('connect_error', fail);
      setTimeout(() => fail('late'), PATIENCE_MS).unref();
    });
    if (who !== 'none') {
      const credentials =
        namespace === '/storage'
          ? { accessToken: `{{token:${who}}}` }
          : who === 'secret'
            ? { secret: '{{secret}}' }
            : { token: `{{jwt:${who}}}`, jwtToken: `{{jwt:${who}}}` };
      await answerOf(socket, namespace === '/' ? 'authorize' : 'subscribe', [filled(site, credentials)]);
    }
    return socket;
  }

  async function send(input: FrameInput): Promise<Answer> {
    const began = performance.now();
    const index = input.client % CLIENTS.length;
    const { namespace } = CLIENTS[index]!;
    const done = (answer: Partial<Answer>): Answer => ({
      status: 200,
      contentType: '',
      text: '',
      ms: performance.now() - began,
      ...answer
    });
    try {
      const socket = await connected(index);
      if (input.packet !== undefined) {
        const { engine } = socket.io as unknown as { engine: { write(packet: string): void } };
        engine.write(input.packet);
        // it may have ended the session without the client knowing
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        socket.disconnect();
        return done({});
      } else {
        const args = input.args.map((arg) => filled(site, arg));
        const waited = input.ack && ANSWERED[namespace]!.has(input.event);
        // reserved names cannot be sent by this library
        if (/^(connect|connect_error|disconnect|disconnecting|newListener|removeListener|error)$/.test(input.event))
          return done({ status: -1 });
        if (!waited) socket.emit(input.event, ...args, ...(input.ack ? [() => undefined] : []));
        else {
          const text = await answerOf(socket, input.event, args);
          if (text !== undefined) return done({ text });
          if (socket.connected) return done({ status: 0, trouble: `no acknowledgement of ${input.event}` });
          return done({ status: 401 });
        }
      }
      const [event, message] = FENCE[namespace]!;
      if ((await answerOf(socket, event, [message])) === undefined && socket.connected)
        return done({ status: 0, trouble: 'the socket answers no more' });
      return done({});
    } catch (error) {
      return done({ status: 0, trouble: error instanceof Error ? error.message : String(error) });
    }
  }

  return {
    send,
    close: () => {
      for (const socket of [...opened]) socket.disconnect();
    }
  };
}

/** The acknowledgement as JSON text; undefined: there was none before the connection ended, or none at all. */
export function answerOf(socket: Socket, event: string, args: readonly unknown[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const gone = (): void => finish(undefined);
    const timer = setTimeout(gone, PATIENCE_MS);
    function finish(text: string | undefined): void {
      clearTimeout(timer);
      socket.off('disconnect', gone);
      resolve(text);
    }
    if (!socket.connected) return finish(undefined);
    socket.once('disconnect', gone);
    socket.emit(event, ...args, (...answer: unknown[]) => finish(JSON.stringify(answer)));
  });
}

/** Fills in what is left open, at any depth, and turns `{ $bytes }` into bytes. */
function filled(site: Site, value: unknown): unknown {
  if (typeof value === 'string') return site.fill(value);
  if (Array.isArray(value)) return value.map((item) => filled(site, item));
  if (value === null || typeof value !== 'object') return value;
  if ('$bytes' in value && typeof value.$bytes === 'string') return Buffer.from(value.$bytes, 'base64');
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value))
    Object.defineProperty(copy, name, { value: filled(site, item), enumerable: true, configurable: true, writable: true });
  return copy;
}
