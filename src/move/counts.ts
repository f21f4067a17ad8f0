import type { MoveName } from './names.ts';
import { WHATS, type What } from './verdict.ts';

/** How many documents became what. */
export type Count = Record<What, number>;

/** Counts by collection and day (`2026-01-31` in UTC, or `no date`). Plain JSON. */
export type DayCounts = Partial<Record<MoveName, Record<string, Partial<Count>>>>;

/** A document that was not taken, so that somebody can look for it. */
export interface Refused {
  readonly collection: MoveName;
  /** Its `_id` or identifier, or where it was. */
  readonly document: string;
  readonly reason: string;
}

/** More of them are only counted. */
const MOST_REFUSED = 1000;

/** What an import has done so far. */
export class Counts {
  readonly days: DayCounts;
  readonly refused: Refused[];
  #total = 0;

  /** @param before counts of an earlier run that is being continued */
  constructor(before: { days: DayCounts; refused: readonly Refused[] } = { days: {}, refused: [] }) {
    this.days = structuredClone(before.days);
    this.refused = [...before.refused];
    for (const days of Object.values(this.days))
      for (const count of Object.values(days)) for (const amount of Object.values(count)) this.#total += amount;
  }

  get total(): number {
    return this.#total;
  }

  add(name: MoveName, day: string, what: What): void {
    const days = this.days[name] ?? {};
    const count = days[day] ?? {};
    count[what] = (count[what] ?? 0) + 1;
    days[day] = count;
    this.days[name] = days;
    this.#total += 1;
  }

  refuse(refused: Refused, day: string): void {
    this.add(refused.collection, day, 'refused');
    if (this.refused.length < MOST_REFUSED) this.refused.push(refused);
  }

  /** Sums of a collection. */
  of(name: MoveName): Count {
    const sum = Object.fromEntries(WHATS.map((what) => [what, 0])) as Count;
    for (const count of Object.values(this.days[name] ?? {})) for (const what of WHATS) sum[what] += count[what] ?? 0;
    return sum;
  }
}
