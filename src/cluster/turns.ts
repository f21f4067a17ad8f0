import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Exclusive, Turn } from '../collections/commit.ts';
import type { CollectionName } from '../storage/port.ts';
import type { Link } from './link.ts';
import { packetsOf } from './messages.ts';
import type { Names } from './names.ts';
import type { Reader } from './reader.ts';
import { GIVE_UP, HOLD, run, TAKE_TURN } from './scripts.ts';
import type { Seen } from './seen.ts';
import type { Writer } from './writer.ts';

/** How long a lock outlives a process that died with it, ms; it is renewed while work goes on. */
const HELD_MS = 8000;
const RENEW_MS = 1500;
/** Above the time of a lock, so that one dead process does not make two writers at once. */
const PATIENCE_MS = 15_000;
/** Who waits asks this often, ms; silent for longer, it loses its place. */
const ASK_MS = 3;
const SILENT_MS = 500;
/** A time further ahead than this, ms, was somebody's wrong clock: it must not become everybody's. */
const MAX_LEAD_MS = 3_600_000;

/**
 * One process at a time decides on and stores documents of a collection: so that a document posted to two of them at once
 * becomes one, srvModified rises over all of them, and everybody hears of changes in the order in which they were made.
 *
 * Uploads must not stop because Redis does. While it is away, or when a lock cannot be had within fifteen seconds, a batch goes on
 * without: the same new document posted to two processes within the milliseconds of one commit may then be stored twice, as with
 * two processes of the reference. Each lockless batch asks the database for the newest srvModified, and announces itself when
 * Redis is back. The same holds for a process that stood still for longer than its lock (a suspended machine) in the middle of a
 * commit.
 * @param now epoch ms
 * @param onAlone told when a batch went on without a lock although Redis was there
 */
export function createTurns({
  link,
  names,
  instance,
  writer,
  reader,
  seen,
  now,
  log,
  onAlone
}: {
  link: Link;
  names: Names;
  instance: string;
  writer: Writer;
  reader: Pick<Reader, 'passed'>;
  seen: Pick<Seen, 'claim'>;
  now: () => number;
  log: Logger;
  onAlone: () => void;
}): Exclusive {
  let count = 0;

  /** @returns clock and last announcement; undefined: no lock to be had */
  async function take(collection: CollectionName, token: string): Promise<readonly [string, string] | undefined> {
    const { lock, queue, asked } = names.turn(collection);
    const command = run(TAKE_TURN, [lock, queue, asked, names.clock], [token, HELD_MS, collection, SILENT_MS]);
    const until = performance.now() + PATIENCE_MS;
    while (link.isReady && performance.now() < until) {
      const answer = await link.call<readonly [string, string] | 0>(command);
      if (answer !== 0) return answer;
      await pause(ASK_MS + Math.random() * ASK_MS);
    }
    if (link.isReady) onAlone();
    return undefined;
  }

  return async (collection) => {
    const token = `${instance}:${++count}`;
    const { lock, queue, asked } = names.turn(collection);
    const giveUp = (): void => void link.call(run(GIVE_UP, [lock, queue, asked], [token])).catch(() => undefined);
    const found = link.isReady
      ? await take(collection, token).catch((error: unknown) => {
          log.debug({ err: error, collection }, 'no lock could be had');
          return undefined;
        })
      : undefined;
    if (!found) giveUp();
    const [clock = '', announced = ''] = found ?? [];
    const [before = '', by = ''] = announced.split(' ');
    let isHeld = found !== undefined;
    const takenAt = performance.now();
    const renewal = setInterval(() => {
      if (isHeld) link.call(run(HOLD, [lock], [token, HELD_MS])).catch(() => undefined);
    }, RENEW_MS).unref();

    let disclaim: (() => void) | undefined;
    const turn: Turn = {
      last: clock === '' ? undefined : Number(clock),
      async storing(events) {
        if (isHeld && performance.now() - takenAt > HELD_MS / 2) {
          // the renewals of a process that stood still came too late
          const mine = await link.call<number>(run(HOLD, [lock], [token, HELD_MS])).catch(() => undefined);
          isHeld = mine !== 0;
          if (!isHeld) return false;
        }
        disclaim = seen.claim(events);
        return true;
      },
      async announce(events) {
        const sane = events.map(({ srvModified }) => srvModified).filter((at) => at < now() + MAX_LEAD_MS);
        try {
          if (!isHeld && !link.isReady) throw new Error('Redis is away');
          await writer.announce(packetsOf(events), {
            collection,
            lock,
            token,
            srvModified: Math.max(0, ...sane)
          });
          isHeld = false;
        } catch {
          writer.owe(collection, Math.min(...events.map(({ srvModified }) => srvModified)));
        }
        // those who listen here hear of what was stored before first
        if (before !== '' && by !== instance) await reader.passed(before);
      },
      release() {
        clearInterval(renewal);
        disclaim?.();
        if (isHeld) giveUp();
        isHeld = false;
      }
    };
    return turn;
  };
}
