import { setTimeout as pause } from 'node:timers/promises';
import type { Services } from '../services.ts';
import { snoozeMinutes } from './alarm-settings.ts';
import { createCall } from './call.ts';
import { createDelivery } from './deliver.ts';
import { createGotify } from './gotify.ts';
import { createMaker } from './maker.ts';
import { createNtfy } from './ntfy.ts';
import type { Provider } from './provider.ts';
import { createPushover } from './pushover.ts';
import type { Clock, QueueStats } from './queue.ts';
import { Receipts } from './receipts.ts';
import { createWebhook } from './webhook.ts';

/** Alarms that leave the house: Pushover, IFTTT, ntfy, Gotify and a webhook, as far as they are set up. */
export interface Integrations {
  /**
   * Somebody acknowledged an emergency message at Pushover: the alarm is silenced for its first choice of snooze minutes.
   * @returns false when no such message was sent
   */
  pushoverReceipt(receipt: unknown): boolean;
  /** Counters by provider. */
  stats(): Readonly<Record<string, QueueStats>>;
  close(): Promise<void>;
}

/** How long a push service may take to answer, ms. */
const TIMEOUT = 10_000;

const sleep: Clock['sleep'] = (ms, signal) => pause(ms, undefined, { signal, ref: false }).catch(() => undefined);

/** @param options time, chance and patience, for tests */
export function createIntegrations({
  services,
  timeoutMs = TIMEOUT,
  ...options
}: {
  services: Pick<Services, 'bus' | 'config' | 'storage' | 'log' | 'now'>;
  timeoutMs?: number;
} & Partial<Pick<Clock, 'sleep' | 'random'>>): Integrations {
  const { bus, config, now } = services;
  const clock: Clock = { now, sleep, random: Math.random, ...options };
  const receipts = new Receipts();
  const providers = providersOf(services, receipts, timeoutMs);
  if (providers.length === 0) return { pushoverReceipt: () => false, stats: () => ({}), close: async () => undefined };
  const delivery = createDelivery(services, { providers, receipts, clock });

  return {
    pushoverReceipt(receipt) {
      const known = typeof receipt === 'string' ? receipts.find(receipt) : undefined;
      if (!known) return false;
      known.closed = true;
      const silenceMs = snoozeMinutes(config.settings, known) * 60_000;
      bus.publish('alarm-ack', { level: known.level, group: known.group, silenceMs });
      delivery.save();
      return true;
    },
    stats: delivery.stats,
    close: delivery.close
  };
}

function providersOf({ config }: Pick<Services, 'config'>, receipts: Receipts, timeoutMs: number): Provider[] {
  const { pushover, maker, ntfy, gotify, webhook } = config.integrations;
  const call = createCall(timeoutMs);
  return [
    pushover && createPushover(pushover, String(config.settings.baseURL ?? ''), receipts, call),
    maker && createMaker(maker, call),
    ntfy && createNtfy(ntfy, call),
    gotify && createGotify(gotify, call),
    webhook && createWebhook(webhook, call)
  ].filter((provider) => provider !== undefined);
}
