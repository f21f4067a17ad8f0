import { setTimeout as pause } from 'node:timers/promises';
import { type Collection, type Db, type IndexSpecification, MongoServerError } from 'mongodb';
import type { Logger } from 'pino';
import { INDEXES, TIME_FIELDS } from '../indexes.ts';
import type { StoreName } from '../port.ts';

const NO_SUCH_COLLECTION = 26;
const RETRY_MS = 30_000;

interface Index {
  readonly key: Readonly<Record<string, 1>>;
  readonly sparse: boolean;
}

/**
 * The shared table as MongoDB wants it. `_id` ends every index on a time, because reads use it to break ties; a time is nearly
 * unique, so nothing else follows it. Single ids are indexed where present. Never unique: existing databases hold duplicates.
 */
function indexesOf(name: StoreName): Index[] {
  return INDEXES[name].map((fields) => {
    const first = fields[0]!;
    const kept = TIME_FIELDS.has(first) ? [first] : fields;
    const timed = kept.some((field) => TIME_FIELDS.has(field));
    return { key: Object.fromEntries([...kept, ...(timed ? ['_id'] : [])].map((field) => [field, 1 as const])), sparse: !timed };
  });
}

/**
 * Makes the indexes that are missing, one after the other, beside the running server; waits while the database is away (the
 * driver also gives up on a build that takes long: the database goes on with it). What is refused is logged and left out.
 */
export async function ensureIndexes(
  db: Db,
  collections: Readonly<Record<StoreName, string>>,
  log: Logger,
  closed: AbortSignal
): Promise<void> {
  for (const name of Object.keys(INDEXES) as StoreName[]) {
    const collection = db.collection(collections[name]);
    const refused: string[] = [];
    for (const index of indexesOf(name)) {
      while (!closed.aborted && !(await tryIndex(collection, index, refused)))
        await pause(RETRY_MS, undefined, { ref: false, signal: closed }).catch(() => {});
    }
    if (refused.length > 0) log.warn({ collection: name, refused }, 'the database refused indexes, reads may be slow');
  }
}

/** @returns false when the database did not answer */
async function tryIndex(collection: Collection, { key, sparse }: Index, refused: string[]): Promise<boolean> {
  try {
    const wanted = JSON.stringify(key);
    if ((await existing(collection)).some((present) => JSON.stringify(present) === wanted)) return true;
    await collection.createIndex(key as IndexSpecification, sparse ? { sparse } : {});
  } catch (error) {
    if (!(error instanceof MongoServerError)) return false;
    refused.push(`${Object.keys(key).join('_')}: ${error.codeName ?? error.code}`);
  }
  return true;
}

async function existing(collection: Collection): Promise<unknown[]> {
  try {
    return (await collection.indexes()).map(({ key }) => key);
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_SUCH_COLLECTION) return [];
    throw error;
  }
}

/** Indexes a server would make that are not there: `entries (date, type)`. Asks only. */
export async function missingIndexes(db: Db, collections: Readonly<Record<StoreName, string>>): Promise<string[]> {
  const missing: string[] = [];
  for (const name of Object.keys(INDEXES) as StoreName[]) {
    const present = new Set((await existing(db.collection(collections[name]))).map((key) => JSON.stringify(key)));
    // a collection that is not there yet needs none
    if (present.size === 0) continue;
    for (const { key } of indexesOf(name))
      if (!present.has(JSON.stringify(key))) missing.push(`${name} (${Object.keys(key).join(', ')})`);
  }
  return missing;
}
