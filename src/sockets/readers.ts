import type { Namespace, Socket } from 'socket.io';
import { socketStatus } from '../config/public-settings.ts';
import { calcDelta, type Delta, removesReadings } from '../live/delta.ts';
import { ENTRIES_MS } from '../live/recent.ts';
import type { Services } from '../services.ts';
import type { AlarmEvent } from './events.ts';
import { fullUpdate } from './full-update.ts';
import { type SharedEvent, shareEvent } from './shared-event.ts';
import { withUploaderDisplay } from './uploader-display.ts';

/** Every socket that may read. */
export const READERS = 'DataReceivers';
/** Those of them that asked for `status`. */
export const STATUS_READERS = 'StatusReceivers';

/** Full updates to everybody are at least this far apart, ms: someone may be deleting readings one by one. */
const FULL_EVERY_MS = 1000;
const HOUR = 3_600_000;

/** Sends the state and its changes to those who read; each broadcast is put into words once. */
export interface Readers {
  /** The full packet, for one socket that has just come. */
  welcome(socket: Socket, withStatus: boolean): void;
  /** All device statuses, for one socket that asked for them. */
  retro(socket: Socket, mayRead: boolean): void;
  /** Sends something else to everybody who reads. */
  send(event: AlarmEvent, payload: object): void;
  close(): void;
}

/**
 * @param sweep takes those out of the rooms who may no longer read; called before each broadcast
 */
export function createReaders(root: Namespace, { live, config, now }: Services, sweep: () => void): Readers {
  const windows = { entriesMs: ENTRIES_MS, devicestatusMs: config.devicestatusHours * HOUR };
  let announcedProfile: string | null = null;
  let lastFull = Number.NEGATIVE_INFINITY;
  let nextFull: NodeJS.Timeout | undefined;

  const status = (): object => socketStatus(config, { now: now(), activeProfile: live.data().lastProfileFromSwitch });
  const shelf = createShelf(now);
  const full = (withStatus: boolean): SharedEvent =>
    shelf.get(withStatus ? 'full with status' : 'full', live.data(), () =>
      shareEvent('dataUpdate', fullUpdate(live.data(), now(), withStatus ? status() : undefined))
    );

  function sendFull(): void {
    nextFull = undefined;
    lastFull = performance.now();
    sweep();
    const askedForStatus = root.adapter.rooms.get(STATUS_READERS);
    for (const id of root.adapter.rooms.get(READERS) ?? []) {
      const socket = root.sockets.get(id);
      if (socket) full(askedForStatus?.has(id) ?? false).sendTo(socket);
    }
  }

  const hasMembers = (room: string): boolean => (root.adapter.rooms.get(room)?.size ?? 0) > 0;

  function sendDelta(delta: Delta, profile: string | null): void {
    const withStatus = profile !== announcedProfile && { status: status() };
    announcedProfile = profile;
    sweep();
    if (!hasMembers(READERS)) return;
    const { devicestatus } = delta;
    root.local.to(READERS).emit('dataUpdate', {
      ...delta,
      ...(devicestatus && {
        devicestatus: devicestatus.map((item) => ('action' in item ? item : withUploaderDisplay([item], now())[0]))
      }),
      ...withStatus
    });
  }

  const unsubscribe = live.onChange('root sockets', (before, after) => {
    // the first load: those who came earlier have got nothing yet
    if (before.lastUpdated === 0) {
      sendFull();
      return;
    }
    if (!hasMembers(READERS)) {
      announcedProfile = after.lastProfileFromSwitch;
      return;
    }
    const delta = calcDelta(before, after, windows);
    if (!delta) return;
    sendDelta(delta, after.lastProfileFromSwitch);
    if (removesReadings(delta))
      nextFull ??= setTimeout(sendFull, Math.max(0, lastFull + FULL_EVERY_MS - performance.now())).unref();
  });

  return {
    welcome: (socket, withStatus) => full(withStatus).sendTo(socket),
    retro(socket, mayRead) {
      const { devicestatus } = live.data();
      // D15: a stranger gets an empty list
      if (!mayRead) socket.emit('retroUpdate', { devicestatus: [] });
      else shelf.get('retro', devicestatus, () => shareEvent('retroUpdate', { devicestatus })).sendTo(socket);
    },
    send(event, payload) {
      sweep();
      root.local.to(READERS).emit(event, payload);
    },
    close() {
      unsubscribe();
      clearTimeout(nextFull);
      shelf.close();
    }
  };
}

/** Packets whose basis is the same still are sent again for this long, ms: they tell the time, too. */
const SHARED_MS = 250;

/** After a restart everybody comes back at once: the same large packets are made a few times a second, not for each. */
function createShelf(now: () => number) {
  const kept = new Map<string, { readonly basis: object; readonly at: number; readonly event: SharedEvent }>();
  let emptying: NodeJS.Timeout | undefined;
  return {
    get(name: string, basis: object, make: () => SharedEvent): SharedEvent {
      const at = now();
      const known = kept.get(name);
      if (known?.basis === basis && Math.abs(at - known.at) < SHARED_MS) return known.event;
      const event = make();
      kept.set(name, { basis, at, event });
      clearTimeout(emptying);
      emptying = setTimeout(() => kept.clear(), SHARED_MS).unref();
      return event;
    },
    close: () => clearTimeout(emptying)
  };
}
