import type { Committed, EventMap } from '../bus/events.ts';
import type { CollectionName } from '../storage/port.ts';

/** What one process tells the others. */
export interface Messages {
  committed: readonly Committed[];
  notification: EventMap['notification'];
  'alarm-state': EventMap['alarm-state'];
  'alarm-ack': EventMap['alarm-ack'];
  'admin-notify': EventMap['admin-notify'];
  'auth-failed': EventMap['auth-failed'];
  'pushover-receipt': EventMap['pushover-receipt'];
  /** Subjects or roles were written. */
  'access-written': Record<string, never>;
  /** Documents were stored that nobody announced, from these srvModified on: read them from the database. */
  'catch-up': Readonly<Partial<Record<CollectionName, number>>>;
  /** Nothing new: shows who is there, and how many messages there should have been. */
  alive: Record<string, never>;
}
export type Kind = keyof Messages;

/** One message on its way. `data` is JSON. */
export interface Packet {
  readonly kind: Kind;
  readonly data: string;
}

/** Larger packets are split, characters: others are read in between, and Redis need not hold one huge piece. */
const MAX_SIZE = 262_144;

export const packet = <K extends Kind>(kind: K, message: Messages[K]): Packet => ({ kind, data: JSON.stringify(message) });

/** The commits of one batch, in order, in pieces; without the version before, which concerns this process only. */
export function packetsOf(events: readonly Committed[]): Packet[] {
  const packets: Packet[] = [];
  let piece: string[] = [];
  let size = 0;
  const finish = (): void => {
    if (piece.length > 0) packets.push({ kind: 'committed', data: `[${piece.join(',')}]` });
    piece = [];
    size = 0;
  };
  for (const { previous: _previous, ...event } of events) {
    const text = JSON.stringify(event);
    if (size + text.length > MAX_SIZE) finish();
    piece.push(text);
    size += text.length;
  }
  finish();
  return packets;
}
