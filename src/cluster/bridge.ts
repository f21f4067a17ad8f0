import type { Bus } from '../bus/bus.ts';
import type { Committed, EventMap } from '../bus/events.ts';
import type { CatchUp } from './catch-up.ts';
import type { Messages } from './messages.ts';
import type { Incoming } from './reader.ts';
import type { Seen } from './seen.ts';
import type { Writer } from './writer.ts';

/** The bus of this process, joined to those of the others. */
export interface Bridge {
  /** Publishes here what another process said. */
  take(message: Incoming): void;
  /** Publishes here, and only here. */
  here<E extends keyof EventMap>(name: E, event: EventMap[E]): void;
  close(): void;
}

/** Events that are told as they are. Commits go another way: in their turn, before they are announced here. */
const TOLD = ['notification', 'alarm-state', 'alarm-ack', 'admin-notify', 'auth-failed', 'pushover-receipt'] as const;

/**
 * Tells other processes what happens here, and this one what happens there. What came from there is never sent back.
 */
export function createBridge(
  bus: Bus,
  { writer, seen, catchUp }: { writer: () => Writer; seen: Seen; catchUp: () => CatchUp }
): Bridge {
  const foreign = new WeakSet<object>();

  function here<E extends keyof EventMap>(name: E, event: EventMap[E]): void {
    foreign.add(event);
    bus.publish(name, event);
  }

  const undo = [
    bus.subscribe('committed', 'cluster', (events) => seen.note(events)),
    ...TOLD.map((name) =>
      bus.subscribe(name, 'cluster', (event: EventMap[typeof name]) => {
        if (!foreign.has(event)) writer().post(name, event as Messages[typeof name]);
      })
    ),
    bus.subscribe('access-changed', 'cluster', ({ written }) => {
      if (written) writer().post('access-written', {});
    })
  ];

  return {
    take({ kind, data }) {
      const message: unknown = JSON.parse(data);
      switch (kind) {
        case 'committed': {
          const fresh = (message as Committed[]).filter((event) => !seen.knows(event));
          if (fresh.length > 0)
            here(
              'committed',
              fresh.map((event) => ({ ...event, remote: true }))
            );
          return;
        }
        case 'access-written':
          return here('access-stale', {});
        case 'catch-up':
          return void catchUp().run(message as Messages['catch-up']);
        case 'auth-failed':
          return here('auth-failed', { ...(message as Messages['auth-failed']), remote: true });
        case 'notification':
        case 'alarm-state':
        case 'alarm-ack':
        case 'admin-notify':
        case 'pushover-receipt':
          return here(kind, message as EventMap[typeof kind]);
        default:
          // a later version of this program may say more
          return;
      }
    },
    here,
    close() {
      for (const off of undo) off();
    }
  };
}
