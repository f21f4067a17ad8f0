import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Server } from 'socket.io';
import { silenceOf } from '../alarms/silence.ts';
import type { Services } from '../services.ts';
import { attachAlarmNamespace } from './alarm-namespace.ts';
import { createBounds } from './bounds.ts';
import { attachRoot, type RootNamespace } from './root-namespace.ts';
import { attachStorageNamespace } from './storage-namespace.ts';
import { WsEngine } from './ws-engine.ts';

/** Bodies shorter than this are not worth compressing, bytes. */
const COMPRESS_FROM = 512;

/** How long a client may take to fetch what was said last, ms. */
const FLUSH_MS = 1000;

/** The sockets of a server. */
export interface Sockets {
  readonly io: Server;
  readonly root: RootNamespace;
  /** Who is connected here. */
  list(): Iterable<{ readonly namespace: string; readonly transport: string }>;
  /**
   * Lets go of everybody after what was said last has reached them; the HTTP server is left to its owner. Connections are closed
   * (`transport close`), namespaces are not (`io server disconnect`): clients come back by themselves after the first only.
   */
  close(): Promise<void>;
}

/**
 * Serves Socket.IO on `/socket.io/` for clients of Engine.IO 3 and 4, polling and websocket, with the browser client.
 */
export function attachSockets(httpServer: HttpServer | HttpsServer, services: Services): Sockets {
  const bounds = createBounds(services);
  const io = new Server(httpServer, {
    allowEIO3: true,
    maxHttpBufferSize: 1_000_000,
    allowRequest: bounds.allowRequest,
    wsEngine: WsEngine,
    // ours compresses; where it is on here, a broadcast is framed anew for every socket
    perMessageDeflate: false,
    httpCompression: { threshold: COMPRESS_FROM },
    ...(services.cluster && { adapter: services.cluster.adapter })
  });
  bounds.watch(io);
  const root = attachRoot(io, services);
  const detachStorage = attachStorageNamespace(io, services);
  const detachAlarm = attachAlarmNamespace(io, services);
  const detachMirror = mirrorAlarms(root, services);
  return {
    io,
    root,
    *list() {
      for (const [name, { sockets }] of io._nsps)
        for (const { conn } of sockets.values()) yield { namespace: name, transport: conn.transport.name };
    },
    async close() {
      detachMirror();
      detachAlarm();
      detachStorage();
      root.close();
      await lastWords(io);
      io.engine.close();
      for (const namespace of io._nsps.values()) await namespace.adapter.close();
    }
  };
}

/** Closes every connection as soon as nothing waits to be sent on it, or after {@link FLUSH_MS}. */
async function lastWords(io: Server): Promise<void> {
  const { clients } = io.engine as unknown as { clients: Readonly<Record<string, Connection>> };
  const gone = Object.values(clients).map(
    (connection) =>
      new Promise<void>((resolve) => {
        connection.once('close', resolve);
        connection.close();
      })
  );
  if (gone.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FLUSH_MS);
  });
  await Promise.race([Promise.all(gone), limit]);
  clearTimeout(timer);
}

/** A client of Engine.IO, below all namespaces. */
interface Connection {
  once(event: 'close', listener: () => void): unknown;
  close(): void;
}

/** Alarms are repeated on `/` and silenced from there: AAPS's v1 client knows no other namespace (D20). @returns undoes it */
function mirrorAlarms(root: RootNamespace, { bus }: Services): () => void {
  root.onAck((level, group, silenceMs) => bus.publish('alarm-ack', { level, group, silenceMs: silenceOf(silenceMs) }));
  return bus.subscribe('notification', 'root sockets', ({ event, message }) => root.sendAlarm(event, message));
}
