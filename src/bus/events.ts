import type { AlarmEvent, AlarmMessage, PresentAlarm } from '../alarms/notification.ts';
import type { CollectionName, Doc } from '../storage/port.ts';
import type { Sender } from '../uploads/app-name.ts';
import type { Reason } from '../uploads/refusals.ts';

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
  /** Another process of this site stored it; this one only passes it on to its own listeners. */
  readonly remote?: true;
}

/** The whole vocabulary of the house. */
export interface EventMap {
  /** What one batch of the commit path made durable, in order. */
  committed: readonly Committed[];
  /** Wrong credentials were presented; `address` is the client's. */
  'auth-failed': { readonly address: string; readonly at: number; readonly remote?: true };
  /** Subjects or roles changed: rights must be looked up again. `written`: by this process. */
  'access-changed': { readonly written?: true };
  /** Another process of this site may have changed subjects or roles: they must be read again. */
  'access-stale': Record<string, never>;
  /** Something an administrator should read (adminnotifies). */
  'admin-notify': { readonly title: string; readonly message: string; readonly persistent?: boolean };
  /** All alarms there are, as of `at` (epoch ms): told at each change and each heartbeat, before what goes out about them. */
  'alarm-state': { readonly alarms: readonly PresentAlarm[]; readonly at: number };
  /** Somebody silences an alarm: `level` 1 warning or 2 urgent (which includes 1), for `silenceMs` milliseconds. */
  'alarm-ack': { readonly level: number; readonly group: string; readonly silenceMs: number };
  /** Somebody acknowledged an emergency message at Pushover; the process that sent it knows the receipt. */
  'pushover-receipt': { readonly receipt: string };
  /** Live state took in a change and is current again, `lagMs` after the first commit it had not shown yet. */
  'live-updated': { readonly at: number; readonly lagMs?: number };
  /**
   * A request or frame stored documents: who sent it, and what was in it (`body` as sent: one document or a list). After the commit.
   */
  uploaded: { readonly door: Door; readonly sender: Sender; readonly collection: CollectionName; readonly body: unknown };
  /** A request or frame was refused. `what` and `detail` are words of our own; of `doc` (the first document sent) only a known name is kept. */
  refused: {
    readonly door: Door;
    readonly sender: Sender;
    readonly reason: Reason;
    readonly what: string;
    readonly detail: string | undefined;
    readonly doc: unknown;
  };
  /** An alarm, announcement, notification or all-clear goes out; sockets and push services listen. `at` in epoch ms. */
  notification: { readonly event: AlarmEvent; readonly message: AlarmMessage; readonly at: number };
}
