import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { MongoMemoryServer } from 'mongodb-memory-server';
import { BUILD, type Running, startProcess } from '../support/process.ts';
import { pinServer } from './pin.ts';

/** How every measured Vigil runs: as a user's, with alarms that do not depend on the shape of the data. */
const ENV = {
  ENABLE: 'careportal iob cob simplealarms',
  ALARM_TYPES: 'simple',
  DISABLE: 'ar2 treatmentnotify',
  BACKUP_EVERY: 'off'
};

/** Where the data of one site lie, ready to be served. */
export interface Place {
  readonly store: 'SQLite' | 'MongoDB';
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Bytes on disk: of all files of the embedded store; of documents and indexes as MongoDB compresses them. */
  bytes(): Promise<number>;
}

/** Folders and databases of one run; `dispose` removes all of it. */
export interface Grounds {
  place(store: Place['store'], name: string): Place;
  readonly stores: readonly Place['store'][];
  dispose(): Promise<void>;
}

export async function prepareGrounds(bytesOf: (folder: string) => number): Promise<Grounds> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'));
  const own = process.env.MONGO_TEST_URL ? undefined : await MongoMemoryServer.create().catch(() => undefined);
  const mongo = process.env.MONGO_TEST_URL ?? own?.getUri();
  const run = randomBytes(4).toString('hex');
  const databases: string[] = [];
  return {
    stores: mongo ? ['SQLite', 'MongoDB'] : ['SQLite'],
    place(store, name): Place {
      const dataDir = join(folder, store, name);
      mkdirSync(dataDir, { recursive: true });
      if (store === 'SQLite') return { store, dataDir, env: {}, bytes: async () => bytesOf(dataDir) };
      const url = new URL(mongo!);
      url.pathname = `/vigil_bench_${run}_${name}`;
      databases.push(url.href);
      return { store, dataDir, env: { MONGODB_URI: url.href }, bytes: () => mongoBytes(url.href) };
    },
    async dispose() {
      for (const url of databases) await withDatabase(url, (client) => client.db().dropDatabase());
      await own?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

async function withDatabase<T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = await new MongoClient(url).connect();
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

const mongoBytes = (url: string): Promise<number> =>
  withDatabase(url, async (client) => {
    await client.db().admin().command({ fsync: 1 });
    const { storageSize, indexSize } = await client.db().stats();
    return Number(storageSize) + Number(indexSize);
  });

/** Starts the build over a place, on the core of the servers. */
export async function startVigil({ dataDir, env }: Place): Promise<Running> {
  const running = await startProcess(BUILD, dataDir, { ...ENV, ...env });
  pinServer(running.child.pid!);
  return running;
}
