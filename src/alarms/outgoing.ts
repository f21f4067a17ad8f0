import { createHash } from 'node:crypto';
import type { AlarmEvent, AlarmMessage, ClearMessage, NotifyRequest } from './notification.ts';

/** One event for the sockets and push services. */
export interface Outgoing {
  readonly event: AlarmEvent;
  readonly message: AlarmMessage;
}

/** What each level is called in messages (properties-plugins §E.1). */
export const LEVEL_NAMES: ReadonlyMap<number, string> = new Map([
  [2, 'Urgent'],
  [1, 'Warning'],
  [0, 'Info'],
  [-1, 'Low'],
  [-2, 'Lowest'],
  [-3, 'None']
]);

/** A request as it goes out: with its group, and the key that push services know repeats by. */
export function outgoing(notify: NotifyRequest & { readonly group: string }): Outgoing {
  return { event: eventOf(notify), message: { ...notify, key: keyOf(notify) } };
}

/** @param group absent: all of them, at start */
export function allClear(message: string, group?: string): { event: 'clear_alarm'; message: ClearMessage } {
  return { event: 'clear_alarm', message: { clear: true, title: 'All Clear', message, ...(group !== undefined && { group }) } };
}

/** First match wins: an announcement while glucose is out of range arrives as an alarm (sockets-v3.md §3.3). */
function eventOf({ level, isAnnouncement }: NotifyRequest): AlarmEvent {
  if (level === 1) return 'alarm';
  if (level === 2) return 'urgent_alarm';
  return isAnnouncement ? 'announcement' : 'notification';
}

/** Alarms are one per plugin and level, everything else is told apart by its words (properties-plugins §F). */
function keyOf({ level, title, message, plugin, isAnnouncement, notifyhash }: NotifyRequest): string {
  if (notifyhash) return notifyhash;
  if (level > 0 && !isAnnouncement) return `${plugin.name}_${level}`;
  return createHash('sha1').update(JSON.stringify({ title, message })).digest('hex');
}
