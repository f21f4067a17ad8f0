import type { Agent as HttpsAgent } from 'node:https';
import { io } from 'socket.io-client';
import { Broken } from './check.ts';

/** A connection to one namespace. */
export interface ProbeSocket {
  /** Sends an event and waits for its acknowledgement. @throws Broken when none comes */
  ask(event: string, payload: unknown): Promise<unknown>;
  send(event: string, payload: unknown): void;
  /** The next event of this name that fits, also when it came before. @throws Broken when none comes */
  next(event: string, fitting?: (payload: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** The same within two seconds; undefined when none comes. */
  soon(event: string, fitting: (payload: Record<string, unknown>) => boolean): Promise<Record<string, unknown> | undefined>;
  close(): void;
}

/** How to connect. */
export interface SocketOptions {
  readonly agent: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly transport?: 'polling' | 'websocket';
  /** More headers, and the way to a certificate nobody signed: for a server on this machine. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly via?: HttpsAgent;
}

/** Events are pushed; a busy site may take a moment, ms. */
const PATIENCE_MS = 10_000;
const SOON_MS = 2000;

/** Connects as apps do before they upgrade: by polling. @throws Broken when the namespace cannot be connected */
export async function openSocket(
  { base }: { readonly base: string },
  namespace: string,
  { agent, query = {}, transport = 'polling', headers = {}, via }: SocketOptions
): Promise<ProbeSocket> {
  const { origin, pathname } = new URL(base);
  const socket = io(`${origin}${namespace}`, {
    path: `${pathname.replace(/\/$/, '')}/socket.io/`,
    transports: [transport],
    upgrade: false,
    reconnection: false,
    forceNew: true,
    timeout: PATIENCE_MS,
    extraHeaders: { ...headers, 'user-agent': agent },
    ...(via && { agent: via as never, rejectUnauthorized: false }),
    query
  });
  const heard: { event: string; payload: Record<string, unknown> }[] = [];
  let wake = (): void => {};
  socket.onAny((event: string, payload: Record<string, unknown> = {}) => {
    heard.push({ event, payload });
    wake();
  });
  try {
    await within(
      `the socket ${namespace} did not connect`,
      PATIENCE_MS,
      new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', (error) => reject(new Broken(`the socket ${namespace} did not connect (${error.message})`)));
      })
    );
  } catch (error) {
    socket.close();
    throw error;
  }
  const awaited = (
    event: string,
    fitting: (payload: Record<string, unknown>) => boolean = () => true
  ): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      wake = () => {
        const found = heard.find((one) => one.event === event && fitting(one.payload));
        if (found) resolve(found.payload);
      };
      wake();
    });
  return {
    async ask(event, payload) {
      return socket
        .timeout(PATIENCE_MS)
        .emitWithAck(event, payload)
        .catch(() => {
          throw new Broken(`${event} on the socket ${namespace} was not acknowledged`);
        });
    },
    send: (event, payload) => void socket.emit(event, payload),
    next: (event, fitting) =>
      within(`the event ${event} did not come on the socket ${namespace}`, PATIENCE_MS, awaited(event, fitting)),
    soon: (event, fitting) => within('', SOON_MS, awaited(event, fitting)).catch(() => undefined),
    close: () => void socket.close()
  };
}

function within<T>(sentence: string, ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Broken(sentence)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
