import type { Logger } from 'pino';
import type { Identity } from '../access/identity.ts';
import type { Commit } from '../collections/commit.ts';
import { dbAdd, type SocketCollection } from '../collections/db-add.ts';
import { admit } from '../collections/incoming.ts';
import { patch, remove } from '../collections/mutations.ts';
import { upload } from '../collections/upload.ts';
import { Refusal } from '../errors.ts';
import { canonicalId } from '../storage/object-id.ts';
import { isPlainObject } from '../storage/query.ts';
import type { Reason } from '../uploads/refusals.ts';
import { mayWrite, mayWriteTreatments } from './authorize.ts';
import type { Limit } from './write-limit.ts';

export const WRITES = ['dbAdd', 'dbUpdate', 'dbUpdateUnset', 'dbRemove'] as const;
export type Write = (typeof WRITES)[number];

const WRITABLE: ReadonlySet<unknown> = new Set<SocketCollection>([
  'treatments',
  'entries',
  'devicestatus',
  'profile',
  'food',
  'activity'
]);
/** Whether that is the name of a collection sockets may write. */
export const isWritable = (collection: unknown): collection is SocketCollection => WRITABLE.has(collection);

const SUCCESS = { result: 'success' };
/** AAPS reads `[]` as "done" and would forget the document, but anything with "Not" makes it connect again and resend. */
const NOT_STORED = { result: 'Not stored, try again' };
/** Deeper than any document may be; only guards the search for binary data. */
const MAX_DEPTH = 100;

/** One socket at the moment of its write. */
export interface Writer {
  readonly identity: Identity | undefined;
  readonly limit: Limit;
  readonly commit: Commit;
  readonly log: Logger;
  /** The clock, epoch ms. */
  readonly now: () => number;
}

/**
 * `dbAdd`, `dbUpdate`, `dbUpdateUnset` and `dbRemove` (socket-v1.md §8), checks in the reference's order. The answer comes after
 * the commit.
 * @returns the acknowledgement: a list of stored documents for dbAdd, else `{ result }`
 */
export async function write(kind: Write, message: Readonly<Record<string, unknown>>, writer: Writer): Promise<unknown> {
  const { collection, _id } = message;
  const { identity } = writer;
  if (!isWritable(collection)) return { result: 'Wrong collection' };
  if (!identity) return { result: 'Not authorized' };
  if (!(collection === 'treatments' ? mayWriteTreatments(identity) : mayWrite(identity))) return { result: 'Not permitted' };
  if (kind !== 'dbAdd' && (typeof _id !== 'string' || _id === '')) return { result: 'Missing _id' };
  const retryAfter = writer.limit.take();
  if (retryAfter > 0) return { result: 'Too many requests', retryAfter };
  try {
    if (kind === 'dbAdd') return await add(collection, message.data, writer);
    await change(kind, collection, canonicalId(String(_id)), message.data, writer);
    return SUCCESS;
  } catch (error) {
    // the reference says success, or an empty list, to what it does not take
    if (error instanceof Refusal && error.status < 500) return kind === 'dbAdd' ? [] : SUCCESS;
    writer.log.error({ err: error, event: kind, collection }, 'a socket write could not be stored');
    return NOT_STORED;
  }
}

const REASONS: Readonly<Record<string, Reason>> = {
  'Not authorized': 'no-credentials',
  'Not permitted': 'missing-right',
  'Too many requests': 'too-many',
  [NOT_STORED.result]: 'database-away'
};

/** Why an answer of {@link write} is a refusal; undefined: it is none. An empty list says that a document was not taken. */
export function refusalIn(answer: unknown): Reason | undefined {
  if (Array.isArray(answer)) return answer.length === 0 ? 'bad-data' : undefined;
  return isPlainObject(answer) ? REASONS[String(answer.result)] : undefined;
}

async function add(collection: SocketCollection, data: unknown, { commit, now }: Writer): Promise<unknown[]> {
  if (hasBinary(data, 0)) throw new Refusal('bad-document', 'Binary data is no document');
  const outcomes = await commit(collection, 'root', dbAdd(collection, data, now()));
  return outcomes.map(({ doc }) => doc);
}

async function change(
  kind: Exclude<Write, 'dbAdd'>,
  collection: SocketCollection,
  id: string,
  data: unknown,
  { commit }: Writer
): Promise<void> {
  if (kind === 'dbRemove') {
    await commit(collection, 'root', [remove(id)]);
    return;
  }
  if (!isPlainObject(data) || Object.keys(data).length === 0 || hasBinary(data, 0)) return;
  const mutation = kind === 'dbUpdate' ? patch(id, admit(data)) : patch(id, {}, Object.keys(data));
  // a repeat after a lost answer is no change, and nobody needs to hear of it
  await commit(collection, 'root', [upload({}, mutation)]);
}

/** Socket.IO can carry bytes; JSON cannot, and neither can a document. */
function hasBinary(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return false;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  return Object.values(value).some((item) => hasBinary(item, depth + 1));
}
