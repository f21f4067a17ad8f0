import type { Bus } from '../bus/bus.ts';
import type { Config } from '../config/config.ts';

/** What an administrator should know; `lastRecorded` in epoch ms. */
interface AdminNotify {
  readonly title: string;
  readonly message: string;
  readonly persistent?: true;
  readonly count: number;
  readonly lastRecorded: number;
}

/** The list behind `GET /adminnotifies`. */
export interface AdminNotifies {
  /** Those to be shown: the persistent ones, and what was recorded in the last 8 hours. */
  list(): AdminNotify[];
}

const SHOWN = 8 * 3_600_000;
const KEPT = 12 * 3_600_000;
/** Each attacking address makes an entry of its own; so many are enough to see it. */
const MOST = 100;

const WORLD_READABLE =
  'Your Nightscout installation is readable by anyone who knows the web page URL. Please consider closing access to the site by following the instructions in the <a href="http://nightscout.github.io/nightscout/security/#how-to-turn-off-unauthorized-access" target="_new">Nightscout documentation</a>.';

/**
 * Collects what the bus says to administrators; the same sentence again counts up. Nothing is recorded when
 * ADMIN_NOTIFIES_ENABLED is off.
 * @param now epoch ms
 */
export function createAdminNotifies({ bus, config, now }: { bus: Bus; config: Config; now: () => number }): AdminNotifies {
  const notes = new Map<string, AdminNotify>();
  const enabled = config.settings.adminNotifiesEnabled !== false;

  function record({ title, message, persistent }: { title: string; message: string; persistent?: boolean }): void {
    if (!enabled) return;
    const before = notes.get(message);
    // put last: the oldest stands first
    notes.delete(message);
    notes.set(message, {
      title,
      message,
      ...(persistent && { persistent: true as const }),
      count: (before?.count ?? 0) + 1,
      lastRecorded: now()
    });
    for (const [key, note] of notes) {
      if (!note.persistent && (note.lastRecorded < now() - KEPT || notes.size > MOST)) notes.delete(key);
    }
  }

  if (config.authDefaultRoles.length === 1 && config.authDefaultRoles[0] === 'readable') {
    record({ title: 'Nightscout readable by world', message: WORLD_READABLE, persistent: true });
  }
  bus.subscribe('admin-notify', 'admin-notifies', record);
  return { list: () => [...notes.values()].filter((note) => note.persistent || note.lastRecorded > now() - SHOWN) };
}
