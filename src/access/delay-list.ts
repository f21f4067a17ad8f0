import { isIPv6 } from 'node:net';
import { Refusal } from '../errors.ts';

/** No address is held longer (ms): apps give up after a minute, and a home must not be locked out by one forgotten device. */
const MAX_PENALTY = 60_000;
const MAX_ADDRESSES = 10_000;
/** Requests held at once, per address and together; more are refused instead of piling up. */
const MAX_WAITING = 50;
const MAX_WAITING_TOGETHER = 2000;
/** Wrong tokens remembered per address, so that repeating one is not taken for another guess. */
const MAX_REMEMBERED = 16;

interface Entry {
  /** Epoch ms. */
  until: number;
  waiting: number;
  readonly wrong: Set<string>;
}

/** Slows down whoever guesses secrets and tokens (D16, auth.md §7). */
export interface DelayList {
  /** Holds the caller until its address's penalty is over. @throws Refusal `too-many` when too many are held already */
  wait(address: string): Promise<void>;
  /**
   * Adds a penalty.
   * @param guess the wrong token, where a repeated one shall cost nothing: an app with an outdated token asks again and again
   * @returns false when that guess was known
   */
  fail(address: string, guess?: string): boolean;
  /** Ends the penalty. */
  succeed(address: string): void;
}

/** What is penalised: an IPv4 address, or the /64 an IPv6 address lies in, since one customer has all of that. */
export function penaltyGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const words = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  // an IPv4 ending stands for two words
  const size = words.length + after.length + (address.includes('.') ? 1 : 0);
  const whole = tail === undefined ? words : [...words, ...Array<string>(Math.max(0, 8 - size)).fill('0'), ...after];
  return `${whole
    .slice(0, 4)
    .map((word) => word.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/**
 * A delay list.
 * @param delayMs penalty per failure; 0: none
 * @param sleep waits that many ms
 */
export function createDelayList(delayMs: number, now: () => number, sleep: (ms: number) => Promise<void>): DelayList {
  const entries = new Map<string, Entry>();
  let waitingTogether = 0;

  /** Moved to the end of the map, which is in order of last failure: the oldest is forgotten first. */
  function renew(group: string): Entry {
    const entry = entries.get(group) ?? { until: 0, waiting: 0, wrong: new Set<string>() };
    entries.delete(group);
    entries.set(group, entry);
    for (const [oldest] of entries) {
      if (entries.size <= MAX_ADDRESSES) break;
      entries.delete(oldest);
    }
    return entry;
  }

  return {
    async wait(address) {
      const entry = entries.get(penaltyGroup(address));
      const ms = entry ? entry.until - now() : 0;
      if (!entry || ms <= 0) return;
      if (entry.waiting >= MAX_WAITING || waitingTogether >= MAX_WAITING_TOGETHER) {
        throw new Refusal('too-many', 'Too many failed attempts to sign in, try again later', Math.ceil(ms / 1000));
      }
      entry.waiting++;
      waitingTogether++;
      try {
        await sleep(ms);
      } finally {
        entry.waiting--;
        waitingTogether--;
      }
    },
    fail(address, guess) {
      const entry = renew(penaltyGroup(address));
      if (guess !== undefined) {
        if (entry.wrong.has(guess)) return false;
        if (entry.wrong.size >= MAX_REMEMBERED) entry.wrong.clear();
        entry.wrong.add(guess);
      }
      const most = now() + Math.max(MAX_PENALTY, delayMs);
      entry.until = Math.min(most, Math.max(now(), entry.until) + delayMs);
      return true;
    },
    succeed(address) {
      const group = penaltyGroup(address);
      const entry = entries.get(group);
      if (!entry) return;
      if (entry.wrong.size > 0 || entry.waiting > 0) entry.until = 0;
      else entries.delete(group);
    }
  };
}
