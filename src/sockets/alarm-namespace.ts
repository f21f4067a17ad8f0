import type { Namespace, Server, Socket } from 'socket.io';
import { createClientAddress } from '../access/client-address.ts';
import type { Credentials, Identity } from '../access/identity.ts';
import { silenceOf } from '../alarms/silence.ts';
import { Refusal } from '../errors.ts';
import type { Services } from '../services.ts';
import { identify, mayAck, mayRead } from './authorize.ts';
import type { AlarmEvents, AlarmRequests, AlarmSubscribed } from './events.ts';
import { listen, messageOf } from './frames.ts';
import { createTeller } from './tell.ts';
import { createLimit } from './write-limit.ts';

type AlarmSocket = Socket<AlarmRequests, AlarmEvents>;

/** Those who hear of alarms. */
const LISTENERS = 'AlarmListeners';
/** How often one socket may subscribe or acknowledge. */
const LIMIT = { burst: 20, perSecond: 1 };

const BAD: AlarmSubscribed = { success: false, message: 'Missing or bad accessToken' };
const SUBSCRIBED = { success: true, message: 'Subscribed for alarms' } as const;

/** An alarm tells glucose, insulin and carbs: whoever may read these may hear it, also with a role that names them one by one. */
const mayHear = (who: Identity): boolean => mayRead(who) || (who.may('api:entries:read') && who.may('api:treatments:read'));

/**
 * The namespace `/alarm` (sockets-v3.md §3): who subscribed and may read hears of alarms, who may acknowledge silences them (D15).
 * @returns a function that takes the namespace off the bus again
 */
export function attachAlarmNamespace(io: Server, services: Services): () => void {
  const { access, bus, config, log, now } = services;
  const namespace: Namespace<AlarmRequests, AlarmEvents> = io.of('/alarm');
  const addressOf = createClientAddress(config.trustProxy);
  /** As whom each socket subscribed; it may what any of them may. */
  const subscribers = new WeakMap<AlarmSocket, Map<string, Identity>>();
  const identitiesOf = (socket: AlarmSocket): Identity[] => [...(subscribers.get(socket)?.values() ?? [])];

  /** Rights may have changed since the last time, or run out. */
  function sweep(): void {
    for (const socket of namespace.sockets.values()) {
      if (identitiesOf(socket).some(mayHear)) void socket.join(LISTENERS);
      else void socket.leave(LISTENERS);
    }
  }

  function admit(socket: AlarmSocket, who: Identity): void {
    const known = subscribers.get(socket) ?? new Map<string, Identity>();
    subscribers.set(socket, known.set(`${who.kind} ${who.subjectId}`, who));
    if (mayHear(who)) void socket.join(LISTENERS);
  }

  function bad(socket: AlarmSocket, credentials: Credentials): AlarmSubscribed {
    createTeller(services, socket.request, addressOf).unknown(credentials, 'subscribe /alarm');
    return BAD;
  }

  async function subscribe(socket: AlarmSocket, message: Readonly<Record<string, unknown>>): Promise<AlarmSubscribed> {
    const { accessToken, secret, jwtToken } = message;
    const address = addressOf(socket.request);
    if (accessToken) {
      const who = await access.byAccessToken(accessToken, address);
      if (!who) return bad(socket, { token: accessToken });
      admit(socket, who);
      return SUBSCRIBED;
    }
    if (config.settings.authenticationPromptOnLoad === true && !secret && !jwtToken) return BAD;
    const who = await identify(access, { secret, token: jwtToken }, address);
    if (!who) return bad(socket, { secret, bearer: jwtToken });
    admit(socket, who);
    return { ...SUBSCRIBED, read: mayRead(who), ack: mayAck(who) };
  }

  function acknowledge(socket: AlarmSocket, [level, group, silenceMs]: readonly unknown[]): void {
    // some clients send numbers as text
    const asked = typeof level === 'string' && /^-?\d$/.test(level) ? Number(level) : level;
    if (typeof asked !== 'number' || !Number.isFinite(asked)) return;
    if (!identitiesOf(socket).some(mayAck)) return;
    const name = typeof group === 'string' && group !== '' ? group : 'default';
    bus.publish('alarm-ack', { level: asked, group: name, silenceMs: silenceOf(silenceMs) });
  }

  namespace.on('connection', (socket) => {
    const limit = createLimit(LIMIT, now);
    /** one frame after the other: an `ack` sent right behind `subscribe` counts */
    let turn: Promise<unknown> = Promise.resolve();
    listen(socket, 'subscribe', log, (args, reply) => {
      const retryAfter = limit.take();
      if (retryAfter > 0) return reply({ success: false, message: 'Too many requests', retryAfter });
      turn = turn
        .then(() => subscribe(socket, messageOf(args) ?? {}))
        .catch((error: unknown) => {
          if (error instanceof Refusal && error.code === 'too-many')
            return { success: false, message: 'Too many requests', retryAfter: error.retryAfter };
          log.warn({ err: error }, 'a socket could not subscribe for alarms');
          return BAD;
        })
        .then(reply);
    });
    listen(socket, 'ack', log, (args) => {
      if (limit.take() > 0) return;
      turn = turn.then(() => acknowledge(socket, args));
    });
  });

  const offAccess = bus.subscribe('access-changed', 'alarm-namespace', sweep);
  const offNotification = bus.subscribe('notification', 'alarm-namespace', ({ event, message }) => {
    sweep();
    if (namespace.adapter.rooms.get(LISTENERS)?.size) namespace.local.to(LISTENERS).emit(event, message);
  });
  return () => {
    offAccess();
    offNotification();
  };
}
