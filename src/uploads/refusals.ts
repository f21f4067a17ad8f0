import { penaltyGroup } from '../access/delay-list.ts';

/** Why something was refused, for people. */
export const REASONS = [
  'wrong-secret',
  'wrong-token',
  'no-credentials',
  'missing-right',
  'bad-data',
  'too-large',
  'wrong-type',
  'too-many',
  'read-only',
  'wrong-address',
  'plain-http',
  'database-away'
] as const;
export type Reason = (typeof REASONS)[number];

/** A refusal, and how often the same one came. Holds no secret, and nothing measured. */
export interface Refused {
  readonly app: string;
  readonly door: string;
  readonly reason: Reason;
  /** What was asked: `POST /api/v1/entries`; words of our own only. */
  readonly what: string;
  /** A sentence of our own about it. */
  readonly detail: string | undefined;
  readonly address: string;
  /** Epoch ms. */
  readonly firstAt: number;
  readonly at: number;
  readonly count: number;
}

/** The last refusals, bounded: whoever floods us with wrong requests pushes out their own. */
export interface Refusals {
  add(refused: Omit<Refused, 'firstAt' | 'count'>): void;
  /** Something from there was accepted: it is somebody of the house. */
  welcome(address: string): void;
  /** Newest first. */
  list(): Refused[];
}

const DAY = 86_400_000;
/** Kept of those from where something was accepted, and of strangers. */
const MOST = { house: 40, strangers: 40 };
/** Kept of one address. */
const PER_ADDRESS = 12;
/** Addresses of the house. */
const HOUSE = 200;

type Kept = Refused & { readonly group: string };

/**
 * @param now the clock, epoch ms
 */
export function createRefusals(now: () => number): Refusals {
  const kept = { house: new Map<string, Kept>(), strangers: new Map<string, Kept>() };
  const house = new Set<string>();

  /**
   * Makes room: of one address what was not seen for longest goes, for the last refusal is what somebody looks for; of all what was
   * seen least often, for an app with a wrong secret asks again and again.
   */
  function makeRoom(pool: Map<string, Kept>, most: number, group: string): void {
    const own: [string, Kept][] = [];
    let least: [string, Kept] | undefined;
    for (const entry of pool) {
      if (entry[1].at < now() - DAY) pool.delete(entry[0]);
      else {
        if (entry[1].group === group) own.push(entry);
        if (!least || entry[1].count < least[1].count) least = entry;
      }
    }
    if (own.length >= PER_ADDRESS) pool.delete(own.reduce((a, b) => (b[1].at < a[1].at ? b : a))[0]);
    else if (pool.size >= most && least) pool.delete(least[0]);
  }

  return {
    add(refused) {
      const group = penaltyGroup(refused.address);
      const name = house.has(group) ? 'house' : 'strangers';
      const pool = kept[name];
      const key = `${refused.app}\n${group}\n${refused.reason}\n${refused.what}`;
      const before = pool.get(key);
      if (!before) makeRoom(pool, MOST[name], group);
      // put last: of those seen equally often the oldest stands first
      pool.delete(key);
      pool.set(key, { ...refused, group, firstAt: before?.firstAt ?? refused.at, count: (before?.count ?? 0) + 1 });
    },
    welcome(address) {
      const group = penaltyGroup(address);
      const isNew = !house.has(group);
      house.delete(group);
      house.add(group);
      for (const oldest of house) {
        if (house.size <= HOUSE) break;
        house.delete(oldest);
      }
      if (!isNew) return;
      for (const [key, one] of kept.strangers) {
        if (one.group !== group) continue;
        kept.strangers.delete(key);
        kept.house.set(key, one);
      }
      for (const key of kept.house.keys()) if (kept.house.size > MOST.house) kept.house.delete(key);
    },
    list: () =>
      [...kept.house.values(), ...kept.strangers.values()].filter(({ at }) => at > now() - DAY).sort((a, b) => b.at - a.at)
  };
}
