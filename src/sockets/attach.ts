import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Server } from 'socket.io';
import { silenceOf } from '../alarms/silence.ts';
import type { Services } from '../services.ts';
import { attachAlarmNamespace } from './alarm-namespace.ts';
import { attachRoot, type RootNamespace } from './root-namespace.ts';
import { attachStorageNamespace } from './storage-namespace.ts';

/** Bodies shorter than this are not worth compressing, bytes. */
const COMPRESS_FROM = 512;

/** The sockets of a server. */
export interface Sockets {
  readonly io: Server;
  readonly root: RootNamespace;
  /** Disconnects everybody; the HTTP server is left to its owner. */
  close(): Promise<void>;
}

/**
 * Serves Socket.IO on `/socket.io/` for clients of Engine.IO 3 and 4, polling and websocket, with the browser client.
 */
export function attachSockets(httpServer: HttpServer | HttpsServer, services: Services): Sockets {
  const io = new Server(httpServer, {
    allowEIO3: true,
    maxHttpBufferSize: 1_000_000,
    perMessageDeflate: { threshold: COMPRESS_FROM },
    httpCompression: { threshold: COMPRESS_FROM }
  });
  const root = attachRoot(io, services);
  const detachStorage = attachStorageNamespace(io, services);
  const detachAlarm = attachAlarmNamespace(io, services);
  const detachMirror = mirrorAlarms(root, services);
  return {
    io,
    root,
    async close() {
      detachMirror();
      detachAlarm();
      detachStorage();
      root.close();
      for (const namespace of io._nsps.values()) {
        namespace.disconnectSockets(true);
        await namespace.adapter.close();
      }
      io.engine.close();
    }
  };
}

/** Alarms are repeated on `/` and silenced from there: AAPS's v1 client knows no other namespace (D20). @returns undoes it */
function mirrorAlarms(root: RootNamespace, { bus }: Services): () => void {
  root.onAck((level, group, silenceMs) => bus.publish('alarm-ack', { level, group, silenceMs: silenceOf(silenceMs) }));
  return bus.subscribe('notification', 'root sockets', ({ event, message }) => root.sendAlarm(event, message));
}
