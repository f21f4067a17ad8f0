import type { Timed } from './live.ts';
import { firstNotBefore, Timeline } from './timeline.ts';
import { type Curve, followsCurve, onCurve, placed } from './treatments.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long treatments stay in the live state. */
export const TREATMENTS_MS = 60 * HOUR;
/** How far back the latest of each of these events is remembered: sensor, site and reservoir ages are counted from it. */
export const SINGLES_MS = 62 * DAY;
export const SINGLE_EVENTS = [
  'Sensor Start',
  'Sensor Change',
  'Sensor Stop',
  'Site Change',
  'Insulin Change',
  'Pump Battery Change'
] as const;
/** How far back the permanent profile switch in force is looked for. */
export const SWITCH_MS = 372 * DAY;

const isPermanentSwitch = (treatment: Timed): boolean => treatment.eventType === 'Profile Switch' && treatment.duration === 0;

/**
 * Treatments of the last 60 h, plus the latest of each single event and the latest permanent profile switch however old
 * (socket-v1.md §12.1). Older ones of those kinds are kept on a bench, so that the one before comes back when the latest is
 * deleted.
 */
export class TreatmentsWindow {
  readonly #shown = new Timeline<Timed>();
  readonly #benches = new Map(
    [...SINGLE_EVENTS, 'switch'].map((kind) => [
      kind as string,
      { items: new Timeline<Timed>(), shown: undefined as string | undefined }
    ])
  );
  readonly #unplaced = new Set<string>();

  put(treatment: Timed, now: number): void {
    this.drop(treatment._id);
    const kind = isPermanentSwitch(treatment) ? 'switch' : typeof treatment.eventType === 'string' ? treatment.eventType : '';
    if (treatment.mills >= now - (kind === 'switch' ? SWITCH_MS : SINGLES_MS)) this.#benches.get(kind)?.items.put(treatment);
    if (treatment.mills >= now - TREATMENTS_MS) this.#show(treatment);
  }

  drop(_id: string): void {
    this.#shown.drop(_id);
    this.#unplaced.delete(_id);
    for (const { items } of this.#benches.values()) items.drop(_id);
  }

  /** Lets go of what has become too old, and shows the latest of each single event again. */
  settle(now: number): void {
    this.#shown.dropBefore(now - TREATMENTS_MS);
    for (const [kind, bench] of this.#benches) {
      bench.items.dropBefore(now - (kind === 'switch' ? SWITCH_MS : SINGLES_MS));
      const latest = bench.items.list().at(-1);
      if (bench.shown !== undefined && bench.shown !== latest?._id && this.#isOld(bench.shown, now))
        this.#shown.drop(bench.shown);
      bench.shown = latest?._id;
      if (latest && !this.#shown.get(latest._id)) this.#show(latest);
    }
  }

  /**
   * Gives new treatments their place on the glucose axis, and moves those between two instants (epoch ms) around which the
   * readings changed.
   */
  place(curve: Curve, from: number, to: number): void {
    for (const _id of this.#unplaced) {
      const treatment = this.#shown.get(_id);
      if (treatment) this.#shown.put(placed(treatment, curve));
    }
    this.#unplaced.clear();
    const treatments = this.#shown.list();
    for (let at = firstNotBefore(treatments, from); at < treatments.length && treatments[at]!.mills <= to; at += 1) {
      const treatment = treatments[at]!;
      if (!followsCurve(treatment)) continue;
      const mgdl = onCurve(treatment.mills, curve);
      if (mgdl !== treatment.mgdl) this.#shown.put({ ...treatment, mgdl });
    }
  }

  list(): readonly Timed[] {
    return this.#shown.list();
  }

  /** Name of the permanent profile switch in force at `now`, or null. */
  profileAt(now: number): string | null {
    const last = this.#benches
      .get('switch')!
      .items.list()
      .findLast(({ mills }) => mills <= now);
    return typeof last?.profile === 'string' && last.profile !== '' ? last.profile : null;
  }

  #isOld(_id: string, now: number): boolean {
    const treatment = this.#shown.get(_id);
    return treatment !== undefined && treatment.mills < now - TREATMENTS_MS;
  }

  #show(treatment: Timed): void {
    this.#shown.put(treatment);
    this.#unplaced.add(treatment._id);
  }
}
