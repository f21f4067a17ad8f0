import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import { createClientAddress } from '../access/client-address.ts';
import type { Identity } from '../access/identity.ts';
import { Refusal } from '../errors.ts';
import type { Services } from '../services.ts';
import { identify, mayAck, mayRead, rightsOf } from './authorize.ts';
import { isWritable, refusalIn, WRITES, type Write, write } from './db-writes.ts';
import type { AlarmEvent, RootEvents, RootRequests } from './events.ts';
import { listen, messageOf } from './frames.ts';
import { createReaders, READERS, STATUS_READERS } from './readers.ts';
import { createTeller } from './tell.ts';
import { createLimit } from './write-limit.ts';

/** Told when somebody silences an alarm on the root namespace. `silenceMs`: for how long; undefined: the default. */
type AckListener = (level: number, group: string, silenceMs: number | undefined) => void;

/** The namespace `/`, the protocol of the v1 apps: data, writes, and the alarm family (D20). */
export interface RootNamespace {
  /** Sends an alarm, announcement or notification to everybody who reads. */
  sendAlarm(event: AlarmEvent, payload: object): void;
  /** Who is told of an `ack` by somebody who may. Only one; the last one set. */
  onAck(listener: AckListener): void;
  close(): void;
}

type RootSocket = Socket<RootRequests, RootEvents, DefaultEventsMap, SocketState>;
interface SocketState {
  identity?: Identity;
  /** What it called itself in `authorize`. */
  client?: unknown;
  /** the `authorize` under way, if any: one after the other */
  authorizing?: Promise<void>;
}

/** How often one socket may ask for everything: `authorize` and `loadRetro` cost us a large packet; and silence alarms. */
const READ_LIMIT = { burst: 20, perSecond: 1 };
const TOO_MANY = 'Too many requests';

/** Serves the root namespace (socket-v1.md §3–8). */
export function attachRoot(io: Server, services: Services): RootNamespace {
  const { access, bus, commit, config, lifecycle, live, log, now } = services;
  const root = io.of('/') as unknown as Namespace<RootRequests, RootEvents, DefaultEventsMap, SocketState>;
  const addressOf = createClientAddress(config.trustProxy);
  const readers = createReaders(root as unknown as Namespace, services, sweep);
  const unsubscribe = bus.subscribe('access-changed', 'root sockets', sweep);
  let onAck: AckListener | undefined;
  let clients = 0;

  /** Takes those out of the room who may no longer read. */
  function sweep(): void {
    for (const id of root.adapter.rooms.get(READERS) ?? []) {
      const socket = root.sockets.get(id);
      if (socket && !mayRead(socket.data.identity)) leave(socket);
    }
  }

  const tellerOf = (socket: RootSocket) => createTeller(services, socket.request, addressOf, () => socket.data.client);

  function tellOfWrite(
    socket: RootSocket,
    kind: Write,
    { collection, data }: Readonly<Record<string, unknown>>,
    answer: unknown
  ) {
    if (!isWritable(collection)) return;
    const reason = refusalIn(answer);
    if (reason) tellerOf(socket).refused({ reason, what: `${kind} ${collection}`, doc: data });
    else if (kind === 'dbAdd') tellerOf(socket).uploaded(collection, data);
  }

  async function authorize(
    socket: RootSocket,
    message: Readonly<Record<string, unknown>>,
    reply: (answer: unknown) => void
  ): Promise<void> {
    socket.data.client = message.client;
    const identity = await identify(access, message, addressOf(socket.request)).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'too-many') return error;
      log.warn({ err: error }, 'a socket could not be authorised');
      return undefined;
    });
    if (!socket.connected) return;
    if (identity instanceof Refusal) {
      tellerOf(socket).refused({ reason: 'too-many', what: 'authorize' });
      return reply({ result: TOO_MANY, retryAfter: identity.retryAfter });
    }
    if (!identity) {
      tellerOf(socket).unknown({ secret: message.secret, bearer: message.token }, 'authorize');
      socket.disconnect();
      return;
    }
    socket.data.identity = identity;
    const rights = rightsOf(identity);
    leave(socket);
    socket.emit('connected');
    if (rights.read) {
      void socket.join(message.status ? [READERS, STATUS_READERS] : READERS);
      // before the first load there is nothing to send yet; the room gets it when it is there
      if (live.state() === 'loaded') readers.welcome(socket as unknown as Socket, Boolean(message.status));
    }
    reply(rights);
  }

  function serve(socket: RootSocket): void {
    const writes = createLimit(config.socketWrites, now);
    const reads = createLimit(READ_LIMIT, now);

    listen(socket, 'authorize', log, (args, reply) => {
      const message = messageOf(args);
      if (!message) return reply({ result: 'Bad message' });
      const retryAfter = reads.take();
      if (retryAfter > 0) return reply({ result: TOO_MANY, retryAfter });
      const turn = (socket.data.authorizing ?? Promise.resolve()).then(() => authorize(socket, message, reply));
      socket.data.authorizing = turn.catch(() => undefined);
      return turn;
    });
    listen(socket, 'loadRetro', log, (_args, reply) => {
      const retryAfter = reads.take();
      if (retryAfter > 0) return reply({ result: TOO_MANY, retryAfter });
      reply({ result: 'success' });
      readers.retro(socket as unknown as Socket, mayRead(socket.data.identity));
    });
    for (const kind of WRITES) {
      listen(socket, kind, log, async (args, reply) => {
        // without an answer it is sent again, to the server that comes after this one
        if (lifecycle?.closing) return;
        const done = lifecycle?.begin();
        try {
          const message = messageOf(args) ?? {};
          const answer = await write(kind, message, { identity: socket.data.identity, limit: writes, commit, log, now });
          reply(answer);
          tellOfWrite(socket, kind, message, answer);
        } finally {
          done?.();
        }
      });
    }
    listen(socket, 'ack', log, ([level, group, silenceMs]) => {
      if (reads.take() > 0 || !mayAck(socket.data.identity) || typeof level !== 'number' || !Number.isFinite(level)) return;
      onAck?.(level, typeof group === 'string' && group !== '' ? group : 'default', readSilence(silenceMs));
    });
  }

  root.on('connection', (socket) => {
    clients += 1;
    root.local.emit('clients', clients);
    socket.on('disconnect', () => {
      clients -= 1;
      root.local.emit('clients', clients);
    });
    serve(socket);
  });

  return {
    sendAlarm: readers.send,
    onAck(listener) {
      onAck = listener;
    },
    close() {
      unsubscribe();
      readers.close();
    }
  };
}

function leave(socket: RootSocket): void {
  void socket.leave(READERS);
  void socket.leave(STATUS_READERS);
}

const readSilence = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
