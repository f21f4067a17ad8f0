import { MongoServerSelectionError } from 'mongodb';
import { Refusal } from '../../errors.ts';
import { refusalOf } from './failure.ts';
import { createTurnstile, type Turnstile } from './turnstile.ts';

/**
 * What an operation may hold up: a `listing` can take the database seconds, so one connection is left to `brief` ones (uploads
 * and what they look up); a `free` one, which asks whether the database is there, waits for nobody.
 */
type Kind = 'listing' | 'brief' | 'free';

/** Stands before every call: keeps a queue of requests from waiting, one after the other, for a database that is away. */
export interface Gate {
  /** @throws Refusal `storage-away` at once, when somebody has just waited in vain */
  enter(): void;
  /** What an error of the driver means for the caller. */
  refusal(error: unknown, during: 'read' | 'write'): unknown;
  open(): void;
  /**
   * Begins an operation of the driver when there is a connection for it, and waits for it. One that was under way when the
   * database was lost, and that the driver never ends (a connection that breaks at the wrong moment), is given up: whoever waits
   * behind it would wait for ever.
   */
  guard<T>(kind: Kind, operation: () => Promise<T>): Promise<T>;
  /** The database is out of reach. */
  lost(): void;
}

/** Long enough for a queue to be refused, short enough to be tried again by the next request of an app. */
const SHUT_MS = 2000;
/** The driver notices a broken connection at once, and gives up a server it cannot find after five seconds. */
const GIVE_UP_MS = 8000;

/** @param connections how many operations may be under way at once */
export function createGate(connections: number): Gate {
  let shutUntil = 0;
  const underWay = new Set<() => void>();
  const all = createTurnstile(connections);
  const ways: Readonly<Record<Kind, readonly Turnstile[]>> = {
    listing: [createTurnstile(Math.max(1, connections - 1)), all],
    brief: [all],
    free: []
  };
  return {
    enter() {
      if (performance.now() < shutUntil) throw new Refusal('storage-away', 'The database does not answer', 5);
    },
    refusal(error, during) {
      if (error instanceof MongoServerSelectionError) shutUntil = performance.now() + SHUT_MS;
      return refusalOf(error, during);
    },
    open() {
      shutUntil = 0;
    },
    guard(kind, operation) {
      return new Promise((resolve, reject) => {
        const leave: (() => void)[] = [];
        const end = (): void => {
          underWay.delete(giveUp);
          for (const out of leave.splice(0)) out();
        };
        const giveUp = (): void => {
          end();
          reject(new Refusal('storage-away', 'The database does not answer', 5));
        };
        underWay.add(giveUp);
        void (async () => {
          for (const turnstile of ways[kind]) {
            leave.push(await turnstile.pass());
            if (!underWay.has(giveUp)) return end();
          }
          try {
            resolve(await operation());
          } catch (error) {
            reject(error);
          }
          end();
        })();
      });
    },
    lost() {
      const affected = [...underWay];
      setTimeout(() => {
        for (const giveUp of affected) if (underWay.has(giveUp)) giveUp();
      }, GIVE_UP_MS).unref();
    }
  };
}
