import type { IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';
import { createCaller } from '../access/caller.ts';
import type { Services } from '../services.ts';
import { createLimit } from './write-limit.ts';

/** Frames of any kind one connection may send: far more than an app with a full queue, which may send 50 writes at once. */
const FRAMES = { burst: 2000, perSecond: 500 };
/** How often one connection may enter a namespace; there are three, and each entry is told to everybody. */
const ENTRIES = { burst: 20, perSecond: 1 };
/** Packets that may wait for a client which does not take them. */
const MAX_WAITING = 2000;
/** Nothing an app sends is binary. */
const MAX_BINARY = 10;

/** Engine.IO's `allowRequest`. */
type AllowRequest = (request: IncomingMessage, decide: (message: string | null | undefined, success: boolean) => void) => void;

/** A connection below all namespaces, as far as it is watched. */
interface Connection {
  readonly request: IncomingMessage;
  readonly writeBuffer: readonly unknown[];
  /** Of a websocket: the socket of `ws`. */
  readonly transport: { readonly socket?: { terminate?: () => void } };
  on(event: 'packet', listener: (packet: { readonly type: string; readonly data?: unknown }) => void): unknown;
  on(event: 'packetCreate', listener: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  close(discard?: boolean): void;
}

/** Bounds how many sockets there are, per client and together, and what each may send or leave waiting. */
export interface Bounds {
  /** Refuses a handshake (403, with the reason) where there are too many sockets. */
  readonly allowRequest: AllowRequest;
  watch(io: Server): void;
}

export function createBounds({ config, log, now }: Pick<Services, 'config' | 'log' | 'now'>): Bounds {
  const { socketsPerClient, sockets } = config.limits;
  const callerOf = createCaller(config.trustProxy);
  const perCaller = new Map<string, number>();
  let together = 0;

  function count(connection: Connection): void {
    const caller = callerOf(connection.request);
    together += 1;
    if (caller !== undefined) perCaller.set(caller, (perCaller.get(caller) ?? 0) + 1);
    connection.once('close', () => {
      together -= 1;
      if (caller === undefined) return;
      const left = (perCaller.get(caller) ?? 1) - 1;
      if (left > 0) perCaller.set(caller, left);
      else perCaller.delete(caller);
    });
  }

  function guard(connection: Connection): void {
    const frames = createLimit(FRAMES, now);
    const entries = createLimit(ENTRIES, now);
    let binary = 0;
    const end = (reason: string): void => {
      log.warn({ reason }, 'a socket was closed');
      connection.close(true);
      // who floods us does not answer a polite goodbye either
      connection.transport.socket?.terminate?.();
    };
    connection.on('packet', ({ type, data }) => {
      if (frames.take() > 0) end('too many frames');
      else if (type === 'message' && typeof data !== 'string' && ++binary > MAX_BINARY) end('too many binary frames');
      else if (type === 'message' && typeof data === 'string' && data.startsWith('0') && entries.take() > 0)
        end('too many namespaces entered');
    });
    connection.on('packetCreate', () => {
      if (connection.writeBuffer.length > MAX_WAITING) end('it does not read');
    });
  }

  return {
    allowRequest(request, decide) {
      const caller = callerOf(request);
      if (sockets > 0 && together >= sockets) decide('Too many sockets', false);
      else if (socketsPerClient > 0 && caller !== undefined && (perCaller.get(caller) ?? 0) >= socketsPerClient)
        decide('Too many sockets from this address', false);
      else decide(null, true);
    },
    watch(io) {
      io.engine.on('connection', (connection: Connection) => {
        count(connection);
        guard(connection);
      });
    }
  };
}
