import type { AlarmEvent, AlarmMessage } from '../alarms/notification.ts';

/** A message on its way out: what remains of a bus notification, plain enough to be stored. Times in epoch ms. */
export interface Outgoing {
  readonly event: AlarmEvent;
  readonly title: string;
  readonly message: string;
  /** 2 urgent, 1 warning, 0 and below information; 0 for an all-clear. */
  readonly level: number;
  readonly group: string;
  /** Same key, same message: it is not sent again for a while. */
  readonly key: string;
  /** When it was announced. */
  readonly at: number;
  readonly eventName?: string;
  /** Name of the plugin that speaks. */
  readonly plugin?: string;
  readonly sound?: string;
  readonly isAnnouncement?: true;
  /** Instant of what is told. */
  readonly timestamp?: number;
}

/** A push service. Everything about waiting, repeating and remembering is done for it by the outbox. */
export interface Provider {
  /** Shown in logs and to administrators, and key of its stored queue. */
  readonly name: string;
  wants(message: Outgoing): boolean;
  /**
   * Into what sending falls apart (one per recipient, say): each part is repeated for itself, so that one bad recipient does not
   * double the message for the others. Parts are stored and logged: no secrets in them.
   */
  parts(message: Outgoing): readonly string[];
  /**
   * How long the same key is not sent again after a success, ms; 0: always sent.
   * Absent: 15 minutes for messages, nothing for all-clears.
   */
  holdMs?(message: Outgoing): number;
  /**
   * Hands one part over.
   * @param id the same for every attempt at this part
   * @throws DeliveryFailure
   */
  send(message: Outgoing, part: string, id: string): Promise<void>;
}

/** Why a message was not taken, in words without secrets and health values: `HTTP 503`, `no answer`. */
export class DeliveryFailure extends Error {
  /** Trying again would bring the same answer. */
  readonly permanent: boolean;
  /** The service asks for so much patience, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, { permanent = false, retryAfterMs }: { permanent?: boolean; retryAfterMs?: number } = {}) {
    super(reason);
    this.name = 'DeliveryFailure';
    this.permanent = permanent;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether it is an alarm (a warning or urgent), as opposed to news. */
export const isAlarm = ({ level, isAnnouncement }: Outgoing): boolean => level >= 1 && !isAnnouncement;

/** Levels in lower case, as the names of IFTTT events have them. */
const LEVELS: Readonly<Record<number, string>> = {
  2: 'urgent',
  1: 'warning',
  0: 'info',
  [-1]: 'low',
  [-2]: 'lowest',
  [-3]: 'none'
};
export const levelWord = (level: number): string => LEVELS[level] ?? 'unknown';

/**
 * A bus notification as it goes out.
 * @param at epoch ms
 */
export function toOutgoing(event: AlarmEvent, message: AlarmMessage, at: number): Outgoing {
  if ('clear' in message) {
    const { title, group = 'default' } = message;
    return { event, title, message: message.message, level: 0, group, key: `clear_${group}`, at };
  }
  const { title, level, group, key, eventName, plugin, pushoverSound, isAnnouncement, timestamp } = message;
  const mills = new Date(timestamp ?? Number.NaN).getTime();
  return {
    event,
    title,
    message: message.message,
    level,
    group,
    // a low after a high of the same level is news, though the reference gives both the same key
    key: level >= 1 && eventName ? `${key}_${eventName}` : key,
    at,
    ...(eventName && { eventName }),
    plugin: plugin.name,
    ...(pushoverSound && { sound: pushoverSound }),
    ...(isAnnouncement && { isAnnouncement: true as const }),
    ...(Number.isFinite(mills) && { timestamp: mills })
  };
}
