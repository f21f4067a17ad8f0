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
}

/** Long enough for a queue to be refused, short enough to be tried again by the next request of an app. */
const SHUT_MS = 2000;

export function createGate(): Gate {
  let shutUntil = 0;
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
    }
  };
}
