import { Refusal } from '../errors.ts';
import { penaltyGroup } from './delay-list.ts';
import { sha1 } from './digest.ts';
import { createTally } from './tally.ts';

const MINUTE = 60_000;
/** Credentials remembered, right and wrong; of more, the one used least lately is forgotten. */
const MAX_REMEMBERED = 10_000;

/** What is known of the credentials presented from each address. */
export interface Guesses {
  /**
   * True when each of these worked from that address before: nothing is guessed, so nothing needs to be slowed. A phone with an
   * old secret must not cost its family, behind the same address, their uploads.
   */
  areKnown(address: string, texts: readonly string[]): boolean;
  /** @throws Refusal `too-many` when that address has tried too many different ones lately */
  admit(address: string): void;
  right(address: string, text: string): void;
  /** Counts wrong ones, but not those it knows to be wrong: an app with an old secret asks again and again. */
  wrong(address: string, texts: readonly string[]): void;
}

/**
 * The hard bound on guessing (D16), beside the delay of each guess.
 * @param perMinute different wrong credentials per address and minute; 0: no bound
 */
export function createGuesses(perMinute: number, now: () => number): Guesses {
  const known = new Set<string>();
  const refused = new Set<string>();
  const tally = createTally(perMinute, MINUTE, now);
  const keyOf = (address: string, text: string): string => `${penaltyGroup(address)} ${sha1(text)}`;
  // the right ones are in memory anyway, and come with nearly every request
  const rightKeyOf = (address: string, text: string): string => `${penaltyGroup(address)} ${text}`;
  return {
    areKnown(address, texts) {
      const keys = texts.map((text) => rightKeyOf(address, text));
      if (keys.length === 0 || !keys.every((key) => known.has(key))) return false;
      for (const key of keys) renew(known, key);
      return true;
    },
    admit(address) {
      const retryAfter = tally.over(penaltyGroup(address));
      if (retryAfter > 0) throw new Refusal('too-many', 'Too many failed attempts to sign in, try again later', retryAfter);
    },
    right: (address, text) => renew(known, rightKeyOf(address, text)),
    wrong(address, texts) {
      for (const text of texts) {
        const key = keyOf(address, text);
        known.delete(rightKeyOf(address, text));
        if (!refused.has(key)) tally.add(penaltyGroup(address));
        renew(refused, key);
      }
    }
  };
}

/** Moves to the end; what stands first was used least lately. */
function renew(set: Set<string>, key: string): void {
  set.delete(key);
  set.add(key);
  for (const oldest of set) {
    if (set.size <= MAX_REMEMBERED) break;
    set.delete(oldest);
  }
}
