import type { AlarmEvent, AlarmMessage } from '../alarms/notification.ts';
import type { CollectionName, Doc } from '../storage/port.ts';

/** Where a write came in. */
export type Door = 'v1' | 'v2' | 'v3' | 'root' | 'import' | 'server';

/**
 * One committed change of one document, announced once, after it is durable.
 * `delete` covers both kinds: soft (`doc` is the stored document with `isValid: false`) and hard (`doc` is what was there last).
 */
export interface Committed {
  readonly collection: CollectionName;
  readonly op: 'create' | 'update' | 'delete';
  readonly door: Door;
  readonly doc: Doc & { _id: string };
  /** The version that was overwritten or removed (D6: never lost silently). */
  readonly previous?: Doc;
  /** For `delete`: true when the document stays stored as invalid. */
  readonly soft?: boolean;
  /** Instant of the change, epoch ms; strictly rising per collection. */
  readonly srvModified: number;
}

/** The whole vocabulary of the house. */
export interface EventMap {
  /** What one batch of the commit path made durable, in order. */
  committed: readonly Committed[];
  /** Wrong credentials were presented; `address` is the client's. */
  'auth-failed': { readonly address: string; readonly at: number };
  /** Subjects or roles changed: rights must be looked up again. */
  'access-changed': Record<string, never>;
  /** Something an administrator should read (adminnotifies). */
  'admin-notify': { readonly title: string; readonly message: string; readonly persistent?: boolean };
  /** Somebody silences an alarm: `level` 1 warning or 2 urgent (which includes 1), for `silenceMs` milliseconds. */
  'alarm-ack': { readonly level: number; readonly group: string; readonly silenceMs: number };
  /** Live state took in a change and is current again, `lagMs` after the first commit it had not shown yet. */
  'live-updated': { readonly at: number; readonly lagMs?: number };
  /** An alarm, announcement, notification or all-clear goes out; sockets and push services listen. `at` in epoch ms. */
  notification: { readonly event: AlarmEvent; readonly message: AlarmMessage; readonly at: number };
}
