import type { Doc } from '../storage/port.ts';
import { instant } from './timed.ts';

type Whole = Doc & { _id: string };

/** How many profiles are remembered, so that the one before is there when the newest is deleted. */
export const PROFILES_KEPT = 50;

/** Profiles by age: newest `startDate` first (as text, as the database sorts it), then the greater `_id`. */
export class Profiles {
  #sorted: Whole[] = [];
  #newest: readonly Doc[] = [];

  put(profile: Whole): void {
    this.drop(profile._id);
    this.#sorted = [...this.#sorted, profile].sort(newestFirst).slice(0, PROFILES_KEPT);
  }

  drop(_id: string): void {
    this.#sorted = this.#sorted.filter((profile) => profile._id !== _id);
  }

  /**
   * None or the newest one. A profile dated after `latest` (epoch ms) counts only when there is no other: a wrong year must
   * not hide the right profile for ever.
   */
  newest(latest: number): readonly Doc[] {
    const one = this.#sorted.find((profile) => (instant(profile.startDate) ?? 0) <= latest) ?? this.#sorted[0];
    if (this.#newest[0] !== one) this.#newest = one ? [one] : [];
    return this.#newest;
  }
}

function newestFirst(a: Whole, b: Whole): number {
  const [left, right] = [rank(a), rank(b)];
  if (left !== right) return left < right ? 1 : -1;
  return a._id < b._id ? 1 : -1;
}

const rank = (profile: Doc): string => (typeof profile.startDate === 'string' ? profile.startDate : '');
