import { createHash } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { pino } from 'pino';
import { readConfig } from '../../src/config/read-config.ts';
import { createMongoStorage } from '../../src/storage/mongo/mongo.ts';
import type { Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { mongoUrl } from './mongo.ts';

/** The API suites run once per store: the project `mongodb` of test/vitest.config.ts sets this. */
export const onMongo = process.env.TEST_STORE === 'mongodb';

/** The MongoDB database that stands in for a file: the same path is the same database. */
export function mongoUriFor(path: string): string {
  const url = mongoUrl();
  if (!url) throw new Error('no MongoDB in this run');
  return url.replace(/\/?(\?.*)?$/, `/vigil_api_${createHash('sha1').update(path).digest('hex').slice(0, 16)}$1`);
}

/** Removes the database of {@link mongoUriFor}. */
export async function dropMongo(uri: string): Promise<void> {
  const client = await new MongoClient(uri).connect();
  await client.db().dropDatabase();
  await client.close();
}

/** A store of the kind this run is about: SQLite in `file`, or a MongoDB database of its own that goes when it is closed. */
export function openTestStorage(file: string): Storage {
  if (!onMongo) return createSqliteStorage({ file });
  const uri = mongoUriFor(file);
  const { mongo } = readConfig({ MONGODB_URI: uri });
  const storage = createMongoStorage(mongo!, { log: pino({ level: 'silent' }) });
  return {
    ...storage,
    close: async () => {
      await storage.close();
      await dropMongo(uri);
    }
  };
}
