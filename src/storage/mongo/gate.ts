import { MongoServerSelectionError } from 'mongodb';
import { Refusal } from '../../errors.ts';
import { refusalOf } from './failure.ts';

/** Stands before every call: keeps a queue of requests from waiting, one after the other, for a database that is away. */
export interface Gate {
  /** @throws Refusal `storage-away` at once, when somebody has just waited in vain */
  enter(): void;
  /** What an error of the driver means for the caller. */
  refusal(error: unknown, during: 'read' | 'write'): unknown;
  open(): void;
  /**
   * Waits for an operation of the driver. One that was under way when the database was lost, and that the driver never ends (a
   * connection that breaks at the wrong moment), is given up: whoever waits behind it would wait for ever.
   */
  guard<T>(operation: Promise<T>): Promise<T>;
  /** The database is out of reach. */
  lost(): void;
}

/** Long enough for a queue to be refused, short enough to be tried again by the next request of an app. */
const SHUT_MS = 2000;
/** The driver notices a broken connection at once, and gives up a server it cannot find after five seconds. */
const GIVE_UP_MS = 8000;

export function createGate(): Gate {
  let shutUntil = 0;
  const underWay = new Set<() => void>();
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
    guard(operation) {
      return new Promise((resolve, reject) => {
        const giveUp = (): void => reject(new Refusal('storage-away', 'The database does not answer', 5));
        underWay.add(giveUp);
        operation.then(resolve, reject).finally(() => underWay.delete(giveUp));
      });
    },
    lost() {
      const affected = [...underWay];
      setTimeout(() => {
        for (const giveUp of affected) if (underWay.delete(giveUp)) giveUp();
      }, GIVE_UP_MS).unref();
    }
  };
}
