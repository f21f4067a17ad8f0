import {
  BSON,
  MongoBulkWriteError,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError
} from 'mongodb';
import { Refusal } from '../../errors.ts';

/** Seconds after which a client may try again: a restarted database is found again within that. */
const RETRY_AFTER = 5;

/** The node steps down, shuts down, starts or lost its peers. */
const AWAY = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const OUT_OF_TIME = 50;
/** BadValue, FailedToParse, TypeMismatch, bad regular expression and its options. */
const BAD_QUERY = new Set([2, 9, 14, 51091, 51075, 51108]);
/** Field names or nesting MongoDB cannot store; lists in two fields of one index. */
const BAD_DOCUMENT = new Set([2, 15, 40, 52, 55, 57, 171]);
const TOO_LARGE = new Set([10334, 17280, 17419, 17420]);

/** The driver passes some errors of the system on as they are. */
const SOCKET = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN'
]);
const ofSocket = (error: unknown): boolean => error instanceof Error && SOCKET.has(String((error as NodeJS.ErrnoException).code));

/** True when the connection broke under way, so that nobody knows whether the database has done it. Not when it was too slow. */
export function lostConnection(error: unknown): boolean {
  const cause = error instanceof MongoBulkWriteError ? error.cause : error;
  return (cause instanceof MongoNetworkError && !(cause instanceof MongoNetworkTimeoutError)) || ofSocket(cause);
}

/**
 * What an error of the driver means for the caller. Its own text is not passed on: it may quote the document.
 * @returns a Refusal, or the error itself when it is no database error
 */
export function refusalOf(error: unknown, during: 'read' | 'write'): unknown {
  if (error instanceof Refusal) return error;
  if (error instanceof BSON.BSONError || error instanceof MongoInvalidArgumentError)
    return during === 'read'
      ? new Refusal('bad-query', 'The database cannot read this query')
      : new Refusal('bad-document', 'A document has a field name the database cannot store');
  if (!(error instanceof MongoError)) return ofSocket(error) ? away() : error;
  if (error instanceof MongoServerError && typeof error.code === 'number') return ofCode(error.code, during);
  // network, server selection, full pool, closed client: all pass by themselves
  return away();
}

function ofCode(code: number, during: 'read' | 'write'): Refusal {
  if (AWAY.has(code)) return away();
  if (code === OUT_OF_TIME) return new Refusal('storage-away', 'The database took too long', RETRY_AFTER);
  if (TOO_LARGE.has(code)) return new Refusal('too-large', 'A document is larger than the database can store');
  if (during === 'read' && BAD_QUERY.has(code)) return new Refusal('bad-query', 'The database cannot read this query');
  if (during === 'write' && BAD_DOCUMENT.has(code))
    return new Refusal('bad-document', 'The database cannot store a document of this shape');
  return new Refusal('storage-failed', `The database refused (code ${code})`);
}

const away = (): Refusal => new Refusal('storage-away', 'The database does not answer', RETRY_AFTER);

/** An error for the log: its kind and code, never its text unless it only tells about the connection. */
export function describe(error: unknown): { error: string; code?: number | string; reason?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, codeName } = error as { code?: number | string; codeName?: string };
  return {
    error: error.name,
    ...(code !== undefined && { code: codeName ?? code }),
    ...((error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) && { reason: error.message })
  };
}
