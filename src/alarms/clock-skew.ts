import type { Bus } from '../bus/bus.ts';
import type { Committed } from '../bus/events.ts';
import { instant, millsOf } from '../live/timed.ts';
import { plainText } from '../observe/plain-text.ts';
import type { CollectionName, Doc } from '../storage/port.ts';

/** A document dated further ahead than this, ms, was dated by a clock that is wrong. */
export const AHEAD_MS = 10 * 60_000;
const HOUR = 3_600_000;
/** Devices remembered; a site has a handful. */
const MOST = 100;

/**
 * Tells administrators which uploader's clock is ahead: its readings hide the present ones. Once per hour and device.
 * @param now the clock, epoch ms
 * @returns a function that stops watching
 */
export function watchClocks({ bus, now }: { bus: Bus; now: () => number }): () => void {
  const told = new Map<string, number>();

  function tell(device: string): void {
    const last = told.get(device);
    if (last !== undefined && Math.abs(now() - last) < HOUR) return;
    told.delete(device);
    told.set(device, now());
    for (const name of told.keys()) if (told.size > MOST) told.delete(name);
    bus.publish('admin-notify', {
      title: 'Wrong clock',
      message: `The uploader "${device}" sent data dated more than 10 minutes ahead of this server's clock. Check date, time and time zone of that device.`
    });
  }

  return bus.subscribe('committed', 'clock-skew', (events) => {
    for (const event of events) if (isAhead(event, now())) tell(nameOf(event.doc.device));
  });
}

function isAhead({ collection, op, door, doc, remote }: Committed, now: number): boolean {
  if (op === 'delete' || door === 'import' || remote) return false;
  if (collection !== 'entries' && collection !== 'devicestatus') return false;
  const at = documentTime(collection, doc);
  return at !== undefined && at > now + AHEAD_MS;
}

/** When a document happened by the clock of who sent it, epoch ms; undefined: it does not say. */
export const documentTime = (collection: CollectionName, doc: Doc): number | undefined =>
  collection === 'entries' ? instant(doc.date) : millsOf(doc);

const nameOf = (device: unknown): string => plainText(device, 60) || 'unknown';
