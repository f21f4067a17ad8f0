import { createHash, timingSafeEqual } from 'node:crypto';
import type { Outgoing } from './provider.ts';

/** An emergency message at Pushover, which rings until somebody acknowledges it. Times in epoch ms. */
export interface Receipt {
  readonly receipt: string;
  readonly level: number;
  readonly group: string;
  readonly eventName?: string;
  /** When the alarm was announced. */
  readonly at: number;
  /** It is quiet: acknowledged, or called off. */
  closed?: true;
}

/** Longer than anything rings (15 minutes) and than a late tap on the phone. */
const KEPT_MS = 3_600_000;
const MOST = 200;

/** What rings at Pushover; part of the outbox, so that a tap on the phone is understood after a restart. */
export class Receipts {
  #all: Receipt[] = [];

  add(receipt: string, { level, group, eventName, at }: Outgoing): void {
    this.#all = [...this.#all, { receipt, level, group, ...(eventName && { eventName }), at }].slice(-MOST);
  }

  /** Who names a receipt may silence its alarm: a guess must not get better with the time an answer takes. */
  find(receipt: string): Receipt | undefined {
    const asked = digest(receipt);
    return this.#all.filter((known) => timingSafeEqual(digest(known.receipt), asked))[0];
  }

  /** Those of a group that still ring and were announced no later than `until` (epoch ms). */
  ringing(group: string, until: number): Receipt[] {
    return this.#all.filter((known) => !known.closed && known.group === group && known.at <= until);
  }

  /** Adds what an earlier run knew. @param now epoch ms */
  restore(earlier: readonly Receipt[], now: number): void {
    this.#all = [...earlier, ...this.#all].filter(({ at }) => at > now - KEPT_MS).slice(-MOST);
  }

  /** All that are still worth knowing. @param now epoch ms */
  list(now: number): readonly Receipt[] {
    this.#all = this.#all.filter(({ at }) => at > now - KEPT_MS);
    return this.#all;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
