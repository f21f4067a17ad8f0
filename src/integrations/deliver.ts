import type { EventMap } from '../bus/events.ts';
import type { Config } from '../config/config.ts';
import type { Services } from '../services.ts';
import { isAlarmEnabled } from './alarm-settings.ts';
import { createOutbox } from './outbox.ts';
import { type Outgoing, type Provider, toOutgoing } from './provider.ts';
import { type Clock, createQueue, type Queue, type QueueStats, type Trouble } from './queue.ts';
import type { Receipts } from './receipts.ts';

/** Messages on their way to push services. */
export interface Delivery {
  readonly ready: Promise<void>;
  stats(): Readonly<Record<string, QueueStats>>;
  /** Writes the present state soon. */
  save(): void;
  close(): Promise<void>;
}

/** Listens to the alarms and hands each to every provider that wants it. */
export function createDelivery(
  { bus, config, storage, log }: Pick<Services, 'bus' | 'config' | 'storage' | 'log'>,
  { providers, receipts, clock }: { providers: readonly Provider[]; receipts: Receipts; clock: Clock }
): Delivery {
  const queues = new Map<string, Queue>(
    providers.map((provider) => [
      provider.name,
      createQueue(provider, { clock, onChange: () => outbox.save(), onTrouble: (trouble) => tell(provider.name, trouble) })
    ])
  );
  const outbox = createOutbox(
    { storage, log, clock },
    {
      restore(state) {
        receipts.restore(state.receipts, clock.now());
        for (const [name, stored] of Object.entries(state.queues)) queues.get(name)?.restore(stored);
      },
      state: () => ({
        queues: Object.fromEntries([...queues].map(([name, queue]) => [name, queue.snapshot()])),
        receipts: receipts.list(clock.now())
      })
    }
  );

  function tell(provider: string, trouble: Trouble): void {
    const reason = 'reason' in trouble ? trouble.reason : undefined;
    log.warn({ provider, trouble: trouble.kind, reason }, 'a message was not delivered');
    bus.publish('admin-notify', { title: 'Messages are not delivered', message: sentence(provider, trouble) });
  }

  async function listen({ event, message, at }: EventMap['notification']): Promise<void> {
    const outgoing = toOutgoing(event, message, Math.min(at, clock.now()));
    if (!leaves(config, outgoing)) return;
    // what an earlier run delivered must be known first
    await outbox.ready;
    for (const queue of queues.values()) queue.offer(outgoing);
  }

  const unsubscribe = bus.subscribe('notification', 'integrations', listen);
  return {
    ready: outbox.ready,
    save: () => outbox.save(),
    stats: () => Object.fromEntries([...queues].map(([name, queue]) => [name, queue.stats()])),
    async close() {
      unsubscribe();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await outbox.close();
    }
  };
}

const leaves = ({ settings }: Config, message: Outgoing): boolean =>
  message.level < 1 || message.isAnnouncement === true || isAlarmEnabled(settings, message);

/** For administrators; the same trouble gives the same sentence, which then counts up. */
function sentence(provider: string, trouble: Trouble): string {
  if (trouble.kind === 'failing')
    return `${provider} does not take messages (${trouble.reason}). Each is tried again for 30 minutes, then dropped.`;
  if (trouble.kind === 'refused') return `${provider} refused a message (${trouble.reason}). Please check its settings.`;
  if (trouble.kind === 'late')
    return `A message that ${provider} did not take within 30 minutes was dropped: late, it would look like a new alarm.`;
  return `Too many messages wait for ${provider}; the least urgent was dropped.`;
}
