import { randomUUID } from 'node:crypto';
import { DeliveryFailure, isAlarm, type Outgoing, type Provider } from './provider.ts';

/** Time and chance, so that tests need neither. */
export interface Clock {
  /** Epoch ms. */
  readonly now: () => number;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** One part of one message that still has to go. */
interface Item {
  readonly id: string;
  readonly part: string;
  message: Outgoing;
}

/** A queue as it is stored. `holds`: keys that are not sent again before an instant, epoch ms. */
export interface StoredQueue {
  readonly items: readonly Item[];
  readonly holds: readonly (readonly [key: string, until: number])[];
}

/** Counters since the start; `queued` is the present. `failures` counts attempts, the others parts of messages. */
export interface QueueStats {
  readonly queued: number;
  readonly delivered: number;
  readonly failures: number;
  readonly refused: number;
  readonly dropped: number;
  readonly withdrawn: number;
}

/** What people should hear of; `reason` is free of secrets. */
export type Trouble = { readonly kind: 'failing' | 'refused'; readonly reason: string } | { readonly kind: 'late' | 'full' };

/** The queue of one provider. */
export interface Queue {
  offer(message: Outgoing): void;
  restore(stored: StoredQueue): void;
  snapshot(): StoredQueue;
  stats(): QueueStats;
  /** Lets an attempt under way end, and starts no other. */
  close(): Promise<void>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** No second attempt to announce the same (properties-plugins §F). */
const HOLD = { announced: 30 * SECOND, delivered: 15 * MINUTE, refused: 2 * MINUTE };
/** An alarm that comes so late would be taken for a new one. */
const TOO_LATE = 30 * MINUTE;
/** From here on the message says how late it is. */
const LATE = 2 * MINUTE;
const MOST = 100;
const BACKOFF = { first: 2 * SECOND, longest: MINUTE, longestAsked: 10 * MINUTE };
const FAILING = 3;

/**
 * Sends what it is offered, one part at a time. While the provider is in trouble everything waits with growing pauses; the most
 * urgent goes first, but nothing stands in the way of the others for ever.
 * @param onChange called when the stored form changed
 */
export function createQueue(
  provider: Provider,
  { clock, onChange, onTrouble }: { clock: Clock; onChange: () => void; onTrouble: (trouble: Trouble) => void }
): Queue {
  const { now } = clock;
  const stop = new AbortController();
  const holds = new Map<string, number>();
  const attempts = new Map<string, number>();
  const count = { delivered: 0, failures: 0, refused: 0, dropped: 0, withdrawn: 0 };
  let items: Item[] = [];
  let inFlight: Item | undefined;
  let running: Promise<void> | undefined;
  let failuresInARow = 0;
  let resumeAt = 0;

  const holdMs = (message: Outgoing): number =>
    provider.holdMs?.(message) ?? (message.event === 'clear_alarm' ? 0 : HOLD.delivered);
  const hold = (key: string, until: number): void => void holds.set(key, Math.max(until, holds.get(key) ?? 0));

  function remove(gone: Item): void {
    items = items.filter((item) => item !== gone);
    attempts.delete(gone.id);
  }

  /** What an all-clear makes untrue is not told any more. */
  function withdraw({ group, at }: Outgoing): void {
    const stale = items.filter(({ message }) => isAlarm(message) && message.group === group && message.at <= at);
    for (const item of stale) remove(item);
    count.withdrawn += stale.filter((item) => item !== inFlight).length;
  }

  function offer(message: Outgoing): void {
    if (message.event === 'clear_alarm') withdraw(message);
    if (stop.signal.aborted || !provider.wants(message)) {
      onChange();
      return;
    }
    // an alarm that goes on is told once, with its latest words; an all-clear under way may have missed what came after it
    const waiting = items.filter(
      (item) => item.message.key === message.key && (item !== inFlight || message.event !== 'clear_alarm')
    );
    for (const item of waiting) item.message = message;
    if (waiting.length === 0) {
      if ((holds.get(message.key) ?? 0) > now()) return;
      hold(message.key, now() + Math.min(HOLD.announced, holdMs(message)));
      for (const part of provider.parts(message)) items.push({ id: randomUUID(), part, message });
      makeRoom();
    }
    onChange();
    kick();
  }

  function makeRoom(): void {
    while (items.length > MOST) {
      const [least] = items.filter((item) => item !== inFlight).sort((a, b) => a.message.level - b.message.level);
      remove(least!);
      count.dropped++;
      onTrouble({ kind: 'full' });
    }
  }

  function dropLate(): void {
    const late = items.filter(({ message }) => message.at < now() - TOO_LATE);
    for (const item of late) remove(item);
    for (const [key, until] of holds) if (until <= now()) holds.delete(key);
    const told = late.filter(({ message }) => message.event !== 'clear_alarm').length;
    count.dropped += told;
    if (told > 0) onTrouble({ kind: 'late' });
    if (late.length > 0) onChange();
  }

  /** The one tried least, the most urgent of these, the oldest of these. */
  function next(): Item | undefined {
    const rank = ({ id, message }: Item) => [attempts.get(id) ?? 0, -message.level, message.at] as const;
    return [...items].sort((a, b) => {
      const [left, right] = [rank(a), rank(b)];
      return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
    })[0];
  }

  function kick(): void {
    running ??= run().finally(() => {
      running = undefined;
      if (items.length > 0 && !stop.signal.aborted) kick();
    });
  }

  async function run(): Promise<void> {
    // one turn, so that what is announced together is looked at together
    await Promise.resolve();
    while (!stop.signal.aborted) {
      dropLate();
      const item = next();
      if (!item) return;
      const pause = resumeAt - now();
      if (pause > 0) await clock.sleep(pause, stop.signal);
      else await attempt(item);
    }
  }

  async function attempt(item: Item): Promise<void> {
    inFlight = item;
    const { message } = item;
    try {
      await provider.send(withDelay(message), item.part, item.id);
      count.delivered++;
      failuresInARow = 0;
      resumeAt = 0;
      remove(item);
      const quiet = holdMs(message);
      if (quiet > 0) hold(message.key, now() + quiet);
    } catch (error) {
      failed(item, error instanceof DeliveryFailure ? error : new DeliveryFailure('a fault of the server', { permanent: true }));
    } finally {
      inFlight = undefined;
      onChange();
    }
  }

  function failed(item: Item, { message: reason, permanent, retryAfterMs = 0 }: DeliveryFailure): void {
    count.failures++;
    if (!permanent) pauseAfter(reason, retryAfterMs);
    // an all-clear may have come meanwhile
    if (!items.includes(item)) return;
    if (permanent) {
      count.refused++;
      remove(item);
      if (item.message.event !== 'clear_alarm') hold(item.message.key, now() + HOLD.refused);
      onTrouble({ kind: 'refused', reason });
    } else attempts.set(item.id, (attempts.get(item.id) ?? 0) + 1);
  }

  function pauseAfter(reason: string, retryAfterMs: number): void {
    failuresInARow++;
    const pause = Math.min(BACKOFF.first * 2 ** (failuresInARow - 1), BACKOFF.longest) * (0.5 + clock.random() / 2);
    resumeAt = now() + Math.max(pause, Math.min(retryAfterMs, BACKOFF.longestAsked));
    if (failuresInARow === FAILING) onTrouble({ kind: 'failing', reason });
  }

  function withDelay(message: Outgoing): Outgoing {
    const late = now() - message.at;
    if (late < LATE || message.event === 'clear_alarm') return message;
    return { ...message, message: `${message.message}\n(delayed by ${Math.round(late / MINUTE)} minutes)` };
  }

  return {
    offer,
    restore(stored) {
      const known = new Set(items.map(({ message }) => message.key));
      items = [...stored.items.filter(({ message }) => !known.has(message.key)), ...items];
      for (const [key, until] of stored.holds) hold(key, until);
      if (items.length > 0) kick();
    },
    snapshot: () => ({ items, holds: [...holds] }),
    stats: () => ({ queued: items.length, ...count }),
    async close() {
      stop.abort();
      await running;
    }
  };
}
