import { Refusal } from '../errors.ts';
import type { Candidates, CollectionName, Doc, Key } from '../storage/port.ts';
import type { Decision, Mutation } from './commit.ts';
import { REGISTRY } from './registry.ts';

type MayMiss = NonNullable<Candidates['mayMiss']>;

/** What a stored version would have answered otherwise. */
const NOT_THERE = new Set(['not-found', 'gone', 'stale']);

const unsure = (): Refusal =>
  new Refusal('storage-away', 'The database is away, and what is stored here does not tell about documents of that age', 30);

/**
 * Decides about a document that was not found by a store that knows the recent past only. Stored as new is what has a recent time
 * of its own; who addresses a document that may be there all the same must come again.
 * @throws Refusal `storage-away`
 */
export function decideUnseen(collection: CollectionName, mutation: Mutation, mayMiss: MayMiss, at: number): Decision {
  const demandKnown = (keys: readonly Key[]): void => {
    if (keys.some(mayMiss)) throw unsure();
  };
  const addressed = mutation.lookups.map(({ key }) => key);
  try {
    const decision = mutation.decide(undefined, at);
    demandKnown(decision.do === 'store' ? timesOf(collection, decision.doc) : addressed);
    return decision;
  } catch (error) {
    if (error instanceof Refusal && NOT_THERE.has(error.code)) demandKnown(addressed);
    throw error;
  }
}

/** The times of a document as keys. Without any it is known only where all are, which an empty key tells. */
function timesOf(collection: CollectionName, { date, ...doc }: Doc): Key[] {
  const { timeField } = REGISTRY[collection];
  const field = timeField === 'date' ? 'sysTime' : timeField;
  const time = doc[field];
  const keys: Key[] = [];
  if (typeof date === 'number') keys.push({ date });
  if (typeof time === 'string' || typeof time === 'number') keys.push({ [field]: time });
  return keys.length > 0 ? keys : [{}];
}
