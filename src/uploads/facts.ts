import { AHEAD_MS } from '../alarms/clock-skew.ts';
import type { CollectionName } from '../storage/port.ts';

/** The kinds of documents people ask about. */
export type Kind = 'reading' | 'treatment' | 'deviceStatus' | 'other';

/** The newest of one kind: when it came, and its own time; epoch ms. `at` undefined: before this server started. */
export interface Fact {
  readonly at: number | undefined;
  readonly mills: number | undefined;
}

/** A clock that differs from the server's: `ahead` for sure; `late` is a clock behind, or data that comes late. */
export interface ClockNote {
  readonly state: 'ahead' | 'late';
  readonly byMs: number;
}

/** Uploads whose lateness is remembered. */
const REMEMBERED = 6;
/** So many uploads must all be late before it is said: one alone is what a phone without network catches up. */
const ENOUGH = 3;

/** The kind of a document, by its collection. */
export const kindOf = (collection: CollectionName): Kind =>
  collection === 'entries'
    ? 'reading'
    : collection === 'treatments'
      ? 'treatment'
      : collection === 'devicestatus'
        ? 'deviceStatus'
        : 'other';

/** What one app sent last, kept in a handful of numbers. */
export class Facts {
  readonly #newest = new Map<Kind, Fact>();
  /** How late the newest reading of each of the last uploads came, ms; below zero: from the future. */
  readonly #lateness: number[] = [];

  get(kind: Kind): Fact | undefined {
    return this.#newest.get(kind);
  }

  /** Instant of the last change, epoch ms: came in, else its own time. */
  get last(): number {
    let last = 0;
    for (const { at, mills } of this.#newest.values()) last = Math.max(last, at ?? mills ?? 0);
    return last;
  }

  /**
   * Takes one upload in.
   * @param mills own time of the newest document in it
   * @param at when it came; undefined: it was there before
   */
  take(kind: Kind, mills: number | undefined, at: number | undefined): void {
    const before = this.#newest.get(kind)?.mills;
    // an older document that is sent again does not make the newest one older; one from the future goes with the next
    const isNewer =
      mills !== undefined && (before === undefined || mills > before || (at !== undefined && before > at + AHEAD_MS));
    this.#newest.set(kind, { at: at ?? this.#newest.get(kind)?.at, mills: isNewer ? mills : before });
    if (at === undefined || mills === undefined) return;
    // carbs are entered ahead of their time, and a device status may carry none but ours: only what cannot be meant so counts
    if (kind !== 'reading' && !(kind === 'deviceStatus' && mills > at + AHEAD_MS)) return;
    this.#lateness.push(at - mills);
    if (this.#lateness.length > REMEMBERED) this.#lateness.shift();
  }

  /** What is to be said about the clock; undefined: nothing. */
  clock(): ClockNote | undefined {
    const last = this.#lateness.at(-1);
    if (last === undefined) return undefined;
    if (last < -AHEAD_MS) return { state: 'ahead', byMs: -last };
    const least = Math.min(...this.#lateness);
    return this.#lateness.length >= ENOUGH && least > AHEAD_MS ? { state: 'late', byMs: least } : undefined;
  }
}
