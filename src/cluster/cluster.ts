import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Bus } from '../bus/bus.ts';
import type { Exclusive } from '../collections/commit.ts';
import type { Storage } from '../storage/port.ts';
import { createBridge } from './bridge.ts';
import { createCatchUp } from './catch-up.ts';
import { createLeadership, type Leadership } from './leadership.ts';
import { createLink } from './link.ts';
import { createNames } from './names.ts';
import { createReader } from './reader.ts';
import { createSeen } from './seen.ts';
import { createSocketAdapter, type SocketAdapter } from './socket-adapter.ts';
import { createTurns } from './turns.ts';
import { createWriter } from './writer.ts';

/** How this process stands with the others of its site. */
interface ClusterStatus {
  /** Name of this process among them. */
  readonly instance: string;
  /** Redis answers, and the others are heard. */
  readonly connected: boolean;
  /** This process sounds alarms and delivers messages. */
  readonly leads: boolean;
  /** Processes heard of within the last half minute, this one included. */
  readonly processes: number;
}

/** Several processes as one site. */
export interface Cluster {
  /** One process at a time in each collection. */
  readonly exclusive: Exclusive;
  readonly leadership: Leadership;
  /** For Socket.IO: what one process asks of the sockets of all. */
  readonly adapter: SocketAdapter['adapter'];
  status(): ClusterStatus;
  /** Publishes on the bus of this process only what was said before, without telling the others again. */
  readonly here: Bus['publish'];
  close(): Promise<void>;
}

/** How long the start waits for Redis, ms; after that this process goes on alone and joins later. */
const START_MS = 2000;
/** From one sign of life to the next, ms. */
const BEAT_MS = 10_000;
const AWAY = {
  title: 'Redis trouble',
  message:
    'Redis is not reachable: the processes of this site cannot hear each other. Uploads go on; live data of the other processes arrives when it is back, and messages about alarms may come more than once.'
};
const NO_TURN = {
  title: 'Redis trouble',
  message: 'Another process kept the database to itself for too long; an upload went on without waiting for it.'
};

/**
 * Joins this process to the others of its site.
 *
 * What travels how: commits and everything else on the bus go through one stream in Redis, in order, and are published on the bus
 * of each process, whose own sockets, caches and live state follow it. So every broadcast of Socket.IO is local (`.local`): each
 * process computes it from its own live state, and nobody hears it twice. Socket.IO's Redis adapter serves what asks or moves
 * the sockets of all processes (`fetchSockets`, `disconnectSockets`, `serverSideEmit`).
 * @param options.storage MongoDB, the same for all
 */
export async function createCluster({
  url,
  prefix,
  storage,
  bus,
  now,
  log
}: {
  url: string;
  prefix: string;
  storage: Storage;
  bus: Bus;
  now: () => number;
  log: Logger;
}): Promise<Cluster> {
  const { createClient } = await import('redis');
  const instance = randomUUID().slice(0, 13);
  const names = createNames(prefix);
  const seen = createSeen();
  const link = createLink({ make: createClient, url, name: 'vigil', log });
  const waiting = createLink({ make: createClient, url, name: 'vigil-stream', log });
  const writer = createWriter(link, { names, instance, now });
  const bridge = createBridge(bus, { writer: () => writer, seen, catchUp: () => catchUp });
  const catchUp = createCatchUp({ storage, seen, publish: (events) => bridge.here('committed', events), now, log });
  /** what was stored before it could be heard of others must be looked up */
  let isLate = false;
  const reader = createReader(waiting, {
    stream: names.stream,
    instance,
    hello: writer.hello,
    deliver: bridge.take,
    onMissed: missed,
    log
  });
  const leadership = createLeadership(link, { names, instance });
  const exclusive = createTurns({
    link,
    names,
    instance,
    writer,
    reader,
    seen,
    now,
    log,
    onAlone: () => bridge.here('admin-notify', NO_TURN)
  });

  async function missed(): Promise<void> {
    bridge.here('access-stale', {});
    await catchUp.run();
  }

  let isAway = false;
  function note(away: boolean): void {
    if (away === isAway) return;
    isAway = away;
    if (away) {
      log.warn('Redis not reachable, trying again; this process goes on alone');
      bridge.here('admin-notify', AWAY);
    } else log.info('Redis reachable');
  }
  link.onReady(() => note(false));
  link.onLost(() => note(true));

  const joined = reader.start().then(() => {
    if (isLate) void missed();
  });
  await Promise.race([joined, pause(START_MS, undefined, { ref: false })]);
  if (!reader.isFollowing) {
    isLate = true;
    note(true);
  }
  await catchUp.start();
  leadership.start();
  const beat = setInterval(() => writer.beat(), BEAT_MS).unref();
  const sockets = await createSocketAdapter(createClient, { url, key: names.sockets, log });

  return {
    exclusive,
    leadership,
    adapter: sockets.adapter,
    here: bridge.here,
    status: () => ({
      instance,
      connected: link.isReady && reader.isFollowing,
      leads: leadership.leads,
      processes: reader.peers()
    }),
    async close() {
      clearInterval(beat);
      await leadership.close();
      bridge.close();
      catchUp.close();
      await reader.close();
      await link.close();
      await sockets.close();
    }
  };
}
