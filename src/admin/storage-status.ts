import { statfs } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { COLLECTIONS, type CollectionName, type Storage, type StorageDetails } from '../storage/port.ts';

/** What is known of the database; what could not be asked in time is undefined. Sizes in bytes. */
export interface StorageStatus extends StorageDetails {
  readonly kind: Storage['kind'];
  readonly version: string | undefined;
  readonly reachable: boolean;
  readonly dataSize: number | undefined;
  readonly indexSize: number | undefined;
  /** Documents per collection, as of at most a minute ago. */
  readonly documents: Readonly<Partial<Record<CollectionName, number>>> | undefined;
  /** Of the disk with DATA_DIR. */
  readonly disk: { readonly free: number; readonly total: number } | undefined;
}

/** Counting reads an index or a collection, so an answer is good for this time, ms. */
const GOOD_FOR_MS = 60_000;
/** A database that does not answer must not hold up the page, ms. */
const PATIENCE_MS = 2000;

type Counts = NonNullable<StorageStatus['documents']>;

/** @param now the clock, epoch ms */
export function createStorageStatus(deps: {
  storage: Storage;
  config: Pick<Config, 'dataDir'>;
  now: () => number;
}): () => Promise<StorageStatus> {
  const { storage, config, now } = deps;
  let counted: { readonly at: number; readonly counts: Promise<Counts> } | undefined;

  function counts(): Promise<Counts> {
    if (counted && now() - counted.at < GOOD_FOR_MS) return counted.counts;
    const asked = countAll(storage);
    counted = { at: now(), counts: asked };
    asked.catch(() => {
      if (counted?.counts === asked) counted = undefined;
    });
    return asked;
  }

  return async () => {
    const [ping, version, sizes, documents, disk] = await Promise.all([
      inTime(storage.ping().then(() => true)),
      inTime(storage.version()),
      inTime(storage.sizes()),
      inTime(counts()),
      inTime(statfs(config.dataDir))
    ]);
    return {
      kind: storage.kind,
      version,
      reachable: ping ?? false,
      dataSize: sizes?.dataSize,
      indexSize: sizes?.indexSize,
      documents,
      disk: disk && { free: disk.bavail * disk.bsize, total: disk.blocks * disk.bsize },
      ...storage.details?.()
    };
  };
}

/** One after the other: whoever uploads meanwhile waits for one count at most. */
async function countAll(storage: Storage): Promise<Counts> {
  const counts: Partial<Record<CollectionName, number>> = {};
  for (const name of COLLECTIONS) counts[name] = await storage.count(name, {});
  return counts;
}

/** @returns undefined when it failed or took too long */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
