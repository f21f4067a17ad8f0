import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { MongoMemoryServer } from 'mongodb-memory-server';
import type { Amount, Place } from './place.ts';
import { seedDays } from './seed.ts';
import type { Templates } from './templates.ts';

/** The MongoDB of one run. */
export interface Mongo {
  /** A place in it. @param name of the database; amounts of days are filled already */
  place(name: string, dataDir: string): Place;
  stop(): Promise<void>;
}

/**
 * A MongoDB that holds a database for each amount: one of our own, over a copy of the template, or MONGO_TEST_URL, which is filled
 * at each run and left as it was.
 * @returns undefined when there is none to be had
 */
export async function openMongo(amounts: readonly Amount[], templates: Templates, folder: string): Promise<Mongo | undefined> {
  const given = process.env.MONGO_TEST_URL;
  if (given) {
    const mongo = at(given, `vigil_bench_${randomBytes(4).toString('hex')}`);
    for (const amount of amounts) await fill(mongo, amount, templates.end, folder);
    return { ...mongo, stop: mongo.drop };
  }
  const template = templates.folderOf('mongod');
  const first = await start(template).catch(() => undefined);
  if (!first) return undefined;
  for (const amount of amounts)
    await templates.make(`MongoDB, ${amount.days} days`, () => fill(first, amount, templates.end, folder));
  await first.stop();
  templates.copy('mongod', join(folder, 'mongod'));
  return start(join(folder, 'mongod'));
}

async function start(dbPath: string): Promise<Mongo> {
  const server = await MongoMemoryServer.create({ instance: { dbPath, storageEngine: 'wiredTiger' } });
  return { ...at(server.getUri(), 'vigil_bench'), stop: async () => void (await server.stop({ doCleanup: false })) };
}

/** @param prefix of the names of our databases */
function at(base: string, prefix: string): Mongo & { drop(): Promise<void> } {
  const used = new Set<string>();
  return {
    place(name, dataDir) {
      const url = new URL(base);
      url.pathname = `/${prefix}_${name}`;
      used.add(url.href);
      return { store: 'MongoDB', dataDir, env: { MONGODB_URI: url.href }, bytes: () => bytesOf(url.href) };
    },
    stop: async () => {},
    async drop() {
      for (const url of used) await withDatabase(url, (client) => client.db().dropDatabase());
    }
  };
}

/** Anew: a run that was ended while it did this leaves a part. */
async function fill(mongo: Mongo, amount: Amount, end: number, folder: string): Promise<void> {
  const place = mongo.place(String(amount.days), folder);
  await withDatabase(place.env.MONGODB_URI!, (client) => client.db().dropDatabase());
  await seedDays(place, amount, end);
}

async function withDatabase<T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = await new MongoClient(url).connect();
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

const bytesOf = (url: string): Promise<number> =>
  withDatabase(url, async (client) => {
    await client.db().admin().command({ fsync: 1 });
    const { storageSize, indexSize } = await client.db().stats();
    return Number(storageSize) + Number(indexSize);
  });
