import { setTimeout as pause } from 'node:timers/promises';
import { type Db, type Document, MongoClient, type MongoClientOptions, type TopologyDescription } from 'mongodb';
import type { Logger } from 'pino';
import { describe } from './failure.ts';

export interface MongoSettings {
  /** `mongodb://` or `mongodb+srv://`; the database's name is its path. */
  readonly uri: string;
  readonly poolSize: number;
  readonly minPoolSize: number;
  readonly maxIdleTimeMs: number;
}

export interface Connection {
  readonly db: Db;
  /** Calls back each time the database comes (back) into reach. */
  onReachable(listener: () => void): void;
  /** Calls back each time it goes out of reach. */
  onLost(listener: () => void): void;
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

/** How long a request waits for a database that is away. */
const SELECTION_MS = 5000;
/** Two of these and a silent server counts as gone: whatever waits for it is interrupted. */
const HEARTBEAT_MS = 5000;
/** From one attempt at a first connection (each waits for SELECTION_MS) to the next; requests in between are refused at once. */
const BETWEEN_ATTEMPTS_MS = 500;
/** Connections beside those for documents: to ask whether the database is there, and to build indexes. */
const BESIDE = 2;
/** Above the time limit of every read. */
const SOCKET_MS = 45_000;

/**
 * Connects in the background and stays connected: a database that is away at start, or later, is found again by itself.
 * @param onTrouble hears a sentence when the database goes out of reach, undefined when it is back
 * @throws Error with a sentence for people when the URI cannot be read
 */
export function connect(settings: MongoSettings, log: Logger, onTrouble?: (sentence: string | undefined) => void): Connection {
  const client = open(settings);
  const closing = new AbortController();
  const onBack: (() => void)[] = [];
  const onGone: (() => void)[] = [];
  let reachable: boolean | undefined;

  function note(now: boolean, details: object = {}): void {
    if (now === reachable || closing.signal.aborted) return;
    reachable = now;
    if (now) log.info('database reachable');
    else log.warn(details, 'database not reachable, trying again');
    onTrouble?.(now ? undefined : 'The database is not reachable');
    for (const listener of now ? onBack : onGone) listener();
  }

  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    if (writable(newDescription)) note(true);
    else if (reachable) note(false);
  });
  // the driver looks for a lost server by itself, but gives up on one it has never met
  void (async () => {
    while (!closing.signal.aborted) {
      try {
        await client.connect();
        return;
      } catch (error) {
        note(false, describe(error));
        await pause(BETWEEN_ATTEMPTS_MS, undefined, { ref: false, signal: closing.signal }).catch(() => {});
      }
    }
  })();

  return {
    db: client.db(),
    onReachable: (listener) => void onBack.push(listener),
    onLost: (listener) => void onGone.push(listener),
    closed: closing.signal,
    async close() {
      closing.abort();
      await client.close();
    }
  };
}

function open({ uri, poolSize, minPoolSize, maxIdleTimeMs }: MongoSettings): MongoClient {
  const options: MongoClientOptions = {
    maxPoolSize: poolSize + BESIDE,
    minPoolSize,
    maxIdleTimeMS: maxIdleTimeMs,
    serverSelectionTimeoutMS: SELECTION_MS,
    waitQueueTimeoutMS: 2 * SELECTION_MS,
    connectTimeoutMS: SELECTION_MS,
    heartbeatFrequencyMS: HEARTBEAT_MS,
    socketTimeoutMS: SOCKET_MS,
    // the write path reads before it writes: an answer of a replica that lags behind would double documents
    readPreference: 'primary',
    // one badly encoded text must not hide the documents around it
    enableUtf8Validation: false,
    // without a prototype: the driver would take a list called `constructor` or `__proto__` for one of these fields
    fieldsAsRaw: Object.create(null) as Document,
    // acknowledged means on disk, unless the URI says otherwise; a write nobody acknowledges is never enough
    ...(!/[?&](journal|j)=/i.test(uri) && { journal: true }),
    ...(/[?&]w=0(&|$)/i.test(uri) && { w: 1 })
  };
  try {
    return new MongoClient(uri, options);
  } catch {
    // the driver's sentence may quote the password
    throw new Error('The MongoDB URI cannot be read: it must look like mongodb://user:password@host:27017/database');
  }
}

const writable = ({ servers }: TopologyDescription): boolean => [...servers.values()].some((server) => server.isWritable);
