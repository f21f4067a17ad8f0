import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Doc } from '../storage/port.ts';

/** Subjects and roles as they are stored. */
export interface StoredAccess {
  readonly subjects: readonly Doc[];
  readonly roles: readonly Doc[];
}

const STORES = ['subjects', 'roles'] as const;
/** A database that does not answer within this time (ms) is away. */
const PATIENCE = 5000;

/** Reads them without opening the database for writing: also beside a running server, and on a copy. */
export async function readStored(config: Config): Promise<StoredAccess> {
  const [subjects, roles] = config.mongo ? await fromMongo(config.mongo) : await fromFile(join(config.dataDir, 'vigil.db'));
  return { subjects, roles };
}

async function fromFile(file: string): Promise<[Doc[], Doc[]]> {
  if (!existsSync(file)) return [[], []];
  const { openDriver } = await import('../storage/sqlite/driver.ts');
  const driver = openDriver(file, { readOnly: true });
  try {
    const [subjects, roles] = STORES.map((name) =>
      (driver.prepare(`SELECT doc FROM "${name}" ORDER BY seq`).all() as { doc: string }[]).map(
        ({ doc }) => JSON.parse(doc) as Doc
      )
    );
    return [subjects!, roles!];
  } finally {
    driver.close();
  }
}

async function fromMongo({ uri, collections }: NonNullable<Config['mongo']>): Promise<[Doc[], Doc[]]> {
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: PATIENCE, maxPoolSize: 1 });
  try {
    await client.connect();
    const [subjects, roles] = await Promise.all(
      STORES.map(async (name) => {
        const docs = await client.db().collection(collections[name]).find({}).toArray();
        return docs.map(({ _id, ...doc }) => ({ ...doc, _id: String(_id) }) as Doc);
      })
    );
    return [subjects!, roles!];
  } catch (error) {
    // the driver names the server with everything in its address
    throw new Error(`The subjects cannot be read from MongoDB (${(error as Error).name}).`);
  } finally {
    await client.close();
  }
}
