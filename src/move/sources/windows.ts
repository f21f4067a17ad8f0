import type { Doc } from '../../storage/port.ts';
import type { Page } from '../source.ts';

/** Bounds on the time field as the site compares it, `from` included, `to` not; absent: open. Numbers (ms) or ISO text. */
export interface Window {
  readonly from?: number | string;
  readonly to?: number | string;
}

/** How documents of a collection are asked for by their time. */
export interface Timed {
  /** The field and how it is kept. */
  readonly field: 'date' | 'created_at';
  readonly kept: 'ms' | 'iso';
  /** The latest documents of a window, latest first in the order of the field, at most `limit`. */
  ask(window: Window, limit: number): Promise<Doc[]>;
  /** Documents that are asked for at once. */
  readonly limit: number;
  /** The most that can be asked for at once. */
  readonly most: number;
  /** About when the oldest document was, epoch ms: for the progress only. */
  oldest?(): Promise<number | undefined>;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const LONGEST = 400 * DAY;

/** Where a walk is; plain JSON. `to`: everything from there on has been read. */
interface Place {
  readonly to: number | string | undefined;
  readonly spanMs: number;
  readonly top?: number | undefined;
  readonly bottom?: number | undefined;
}

/**
 * Walks through a collection from its latest documents back to the oldest, a span of time after the other: sites answer questions
 * about a span from an index, and never more than they can hold. The span follows how dense the documents lie. Several documents of
 * one ms, and times written in different ways, are never split: the next span overlaps the one before.
 * @param after cursor of an earlier walk
 * @param bounds where to begin and end, epoch ms
 */
export async function* walk(timed: Timed, after: unknown, bounds: { from?: number; to?: number } = {}): AsyncIterable<Page> {
  const spell = (ms: number): number | string => (timed.kept === 'ms' ? ms : isoOf(ms));
  // texts may stand hours from their instant
  const end = bounds.from === undefined ? undefined : spell(bounds.from - DAY);
  const start = bounds.to === undefined ? undefined : spell(bounds.to + DAY);
  let place = (after as Place | undefined) ?? { to: start, spanMs: DAY, bottom: await timed.oldest?.() };
  let at = place.to === undefined ? undefined : millsOf(place.to);
  for (let isKnown = false; ; ) {
    if (!isKnown) {
      // whatever lies in between is empty
      const [next] = await timed.ask(
        { ...(place.to !== undefined && { to: place.to }), ...(end !== undefined && { from: end }) },
        1
      );
      if (!next) return;
      at = millsOf(next[timed.field]);
    }
    // a time nobody can read, or one before the calendar of most: all that is left in one go
    const from = at === undefined || at < DAY ? undefined : spell(at - place.spanMs);
    const window: Window = { ...(from !== undefined && { from }), ...(place.to !== undefined && { to: place.to }) };
    let docs = await timed.ask(window, timed.limit);
    let to = from;
    if (docs.length >= timed.limit) {
      const below = above(docs.at(-1)![timed.field], timed.kept);
      const advances = below !== undefined && (place.to === undefined || below < place.to);
      if (advances) to = below;
      else docs = await crowd(timed, window);
    }
    const top = place.top ?? at;
    const { bottom } = place;
    place = { to, spanMs: nextSpan(place.spanMs, docs.length, timed.limit), top, bottom };
    at = to === undefined ? undefined : millsOf(to);
    const isMeasurable = top !== undefined && bottom !== undefined && at !== undefined && top > bottom;
    yield {
      items: docs.map((doc) => ({ doc })),
      cursor: place,
      ...(isMeasurable && { part: Math.min(1, Math.max(0, (top - at!) / (top - bottom))) })
    };
    if (to === undefined || (end !== undefined && to <= end)) return;
    isKnown = docs.length > 0 && at !== undefined;
  }
}

/** More documents of one moment than are asked for at once: all of them. */
async function crowd(timed: Timed, window: Window): Promise<Doc[]> {
  for (let limit = timed.limit * 10; ; limit *= 10) {
    const docs = await timed.ask(window, Math.min(limit, timed.most));
    if (docs.length < Math.min(limit, timed.most)) return docs;
    if (limit >= timed.most) throw new Error('It holds too many documents of one moment');
  }
}

/** A bound just above a value, so that everything at that moment is asked for once more; undefined: the value is no time. */
function above(value: unknown, kept: Timed['kept']): number | string | undefined {
  if (kept === 'ms') return typeof value === 'number' ? Math.floor(value) + 1 : undefined;
  const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(value) ? millsOf(value) : undefined;
  return ms === undefined ? undefined : isoOf(ms + 1000);
}

/** The site compares texts, whatever their zone: the letters count, not the instant. Epoch ms of their second, as if in UTC. */
function millsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) < 8.64e15 ? value : undefined;
  const [, day, time = '00:00:00'] =
    typeof value === 'string' ? (/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d))?/.exec(value) ?? []) : [];
  const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${time}.000Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function nextSpan(spanMs: number, found: number, limit: number): number {
  if (found >= limit) return Math.max(MINUTE, spanMs / 2);
  return found < limit / 3 ? Math.min(LONGEST, spanMs * 2) : spanMs;
}

const isoOf = (ms: number): string => new Date(Math.min(Math.max(ms, -62_135_596_800_000), 253_402_300_799_999)).toISOString();
