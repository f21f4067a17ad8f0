import type { AlarmEvent } from '../alarms/notification.ts';
import type { Delta } from '../live/delta.ts';
import type { LiveData, Timed } from '../live/live.ts';
import type { Doc } from '../storage/port.ts';

/** The first packet a reader gets (socket-v1.md §5.1), members in this order; a packet without `delta` replaces what a client has. */
export interface FullUpdate extends Pick<LiveData, 'sgvs' | 'cals' | 'mbgs' | 'food' | 'dbstats'> {
  readonly devicestatus: readonly Timed[];
  readonly profiles: readonly Doc[];
  readonly treatments: readonly Timed[];
  readonly status?: object;
}

/** The alarm family; the root namespace repeats it for AAPS's v1 client (D20). */
export type { AlarmEvent };

/** What the root namespace says. */
export type RootEvents = {
  /** How many sockets are connected. */
  clients: (count: number) => void;
  connected: () => void;
  dataUpdate: (data: FullUpdate | (Delta & { readonly status?: object })) => void;
  retroUpdate: (data: { readonly devicestatus: readonly Timed[] }) => void;
} & { [event in AlarmEvent]: (notification: object) => void };

/** What a client may say on the root namespace: anything, in any shape. */
export type RootRequests = {
  [event in 'authorize' | 'loadRetro' | 'dbAdd' | 'dbUpdate' | 'dbUpdateUnset' | 'dbRemove' | 'ack']: (
    ...args: unknown[]
  ) => void;
};

/** Answer to `subscribe` on `/storage`. */
export type StorageSubscribed =
  | { readonly success: true; readonly collections: readonly string[] }
  | { readonly success: false; readonly message: string; readonly retryAfter?: number };

/** What clients of `/storage` say; the arguments are whatever a stranger sends, an acknowledgement perhaps among them. */
export type StorageRequests = { subscribe: (...args: unknown[]) => void };

/** What `/storage` tells its subscribers; `doc` as API v3 shows it, with an integer `srvModified` (epoch ms). */
export type StorageEvents = {
  create: (change: { readonly colName: string; readonly doc: Doc }) => void;
  update: (change: { readonly colName: string; readonly doc: Doc }) => void;
  delete: (change: { readonly colName: string; readonly identifier: string }) => void;
};

/** Answer to `subscribe` on `/alarm`; without `read` and `ack` for those who came with an access token. */
export type AlarmSubscribed =
  | { readonly success: true; readonly message: string; readonly read?: boolean; readonly ack?: boolean }
  | { readonly success: false; readonly message: string };

/** What clients of `/alarm` say: `subscribe(message)`, `ack(level, group, silenceMs)`, in whatever shape. */
export type AlarmRequests = { [event in 'subscribe' | 'ack']: (...args: unknown[]) => void };

/** What `/alarm` tells. */
export type AlarmEvents = { [event in AlarmEvent]: (notification: object) => void };
