import type { Alarms } from '../alarms/alarms.ts';
import type { Bus } from '../bus/bus.ts';
import type { EventMap } from '../bus/events.ts';
import { Refusal } from '../errors.ts';
import type { Integrations } from '../integrations/create-integrations.ts';
import type { Storage } from '../storage/port.ts';
import type { Cluster } from './cluster.ts';

/** What the leading process does for all: it watches for alarms and delivers messages. */
interface Unit {
  readonly alarms: Alarms;
  readonly integrations: Integrations;
}

/** Alarms and integrations that work where and while this process leads. */
export interface Duties {
  readonly integrations: Integrations;
  /** @param begin makes them, on a store that refuses once another process leads */
  alarms(begin: (storage: Storage) => Unit): Alarms;
}

/** An acknowledgement so long before a change of leaders, ms, may have reached nobody. */
const ACK_MS = 30_000;

/**
 * At a change of leaders the new one takes up what is stored: silences, what was told, and messages not yet delivered. Whatever is
 * told is told on the bus, and so at the sockets of every process.
 */
export function createDuties({
  cluster,
  bus,
  storage
}: {
  cluster: Pick<Cluster, 'leadership' | 'here'>;
  bus: Bus;
  storage: Storage;
}): Duties {
  const { leadership } = cluster;
  let unit: Unit | undefined;
  let changing: Promise<void> = Promise.resolve();
  let acks: { readonly ack: EventMap['alarm-ack']; readonly at: number }[] = [];

  const recent = (): typeof acks => acks.filter(({ at }) => at > performance.now() - ACK_MS);
  const offAcks = bus.subscribe('alarm-ack', 'duties', (ack) => {
    if (!unit) acks = [...recent(), { ack, at: performance.now() }];
  });
  const offReceipts = bus.subscribe(
    'pushover-receipt',
    'duties',
    ({ receipt }) => void unit?.integrations.pushoverReceipt(receipt)
  );

  /** Its notes would overwrite those of the next leader. */
  function fenced(): Storage {
    return {
      ...storage,
      apply: (changes) =>
        leadership.leads
          ? storage.apply(changes)
          : Promise.reject(new Refusal('storage-away', 'Another process of this site leads'))
    };
  }

  function take(begin: (storage: Storage) => Unit): void {
    const missed = recent();
    acks = [];
    unit = begin(fenced());
    unit.alarms.start();
    for (const { ack } of missed) cluster.here('alarm-ack', { ...ack });
  }

  async function leave(): Promise<void> {
    const leaving = unit;
    unit = undefined;
    await leaving?.alarms.close();
    await leaving?.integrations.close();
  }

  return {
    integrations: {
      pushoverReceipt(receipt) {
        if (unit?.integrations.pushoverReceipt(receipt)) return true;
        if (typeof receipt !== 'string' || unit) return false;
        bus.publish('pushover-receipt', { receipt });
        return true;
      },
      stats: () => unit?.integrations.stats() ?? {},
      close: async () => undefined
    },
    alarms(begin) {
      let isClosed = false;
      const follow = (): void => {
        changing = changing.then(async () => {
          if (isClosed) return;
          if (leadership.leads && !unit) take(begin);
          else if (!leadership.leads && unit) await leave();
        });
      };
      return {
        start() {
          leadership.onChange(follow);
          follow();
        },
        async close() {
          isClosed = true;
          offAcks();
          offReceipts();
          await changing;
          await leave();
        }
      };
    }
  };
}
