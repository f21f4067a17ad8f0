import type { Namespace } from 'socket.io';
import { socketStatus } from '../config/public-settings.ts';
import { calcDelta, type Delta, removesReadings } from '../live/delta.ts';
import { ENTRIES_MS } from '../live/recent.ts';
import type { Services } from '../services.ts';
import type { AlarmEvent, FullUpdate } from './events.ts';
import { fullUpdate } from './full-update.ts';
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
  /** The full packet for one socket that has just come. */
  full(withStatus: boolean): FullUpdate;
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
  const full = (withStatus: boolean): FullUpdate => fullUpdate(live.data(), now(), withStatus ? status() : undefined);

  function sendFull(): void {
    nextFull = undefined;
    lastFull = performance.now();
    sweep();
    if (hasMembers(STATUS_READERS)) root.local.to(STATUS_READERS).emit('dataUpdate', full(true));
    if (hasMembers(READERS)) root.local.to(READERS).except(STATUS_READERS).emit('dataUpdate', full(false));
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
    full,
    send(event, payload) {
      sweep();
      root.local.to(READERS).emit(event, payload);
    },
    close() {
      unsubscribe();
      clearTimeout(nextFull);
    }
  };
}
