import { type DoctorCheck, type Finding, warning, well, wrong } from '../finding.ts';

const PATIENCE_MS = 5000;
const FLOOR = [4, 4] as const;
const SKEW_MS = 60_000;

/** Whether MongoDB is there, new enough, quick to search, and of the same time. */
export const mongo: DoctorCheck = {
  id: 'mongodb',
  async run({ config, offline, now }) {
    if (!config.mongo) return [];
    if (offline) return [well('Not looked at (offline).')];
    const [{ MongoClient }, { missingIndexes }] = await Promise.all([
      import('mongodb'),
      import('../../storage/mongo/indexes.ts')
    ]);
    const client = new MongoClient(config.mongo.uri, { serverSelectionTimeoutMS: PATIENCE_MS, maxPoolSize: 1 });
    try {
      await client.connect();
      const db = client.db();
      const { version = '' } = (await db.admin().buildInfo()) as { version?: string };
      const before = now();
      const { localTime } = (await db.command({ hello: 1 })) as { localTime?: Date };
      const skew = localTime ? Math.round(Math.abs(localTime.getTime() - (before + now()) / 2)) : 0;
      const missing = await missingIndexes(db, config.mongo.collections);
      return [judgeVersion(version), ...judgeClock(skew), indexes(missing)];
    } catch (error) {
      // the driver names the server with everything in its address
      return [
        wrong(
          `MongoDB does not answer (${(error as Error).name}).`,
          'STORAGE_URI (MONGODB_URI): check host, user and password, and that the database lets this machine in.'
        )
      ];
    } finally {
      await client.close();
    }
  }
};

/** Whether a MongoDB is new enough. @param version `7.0.2` */
export function judgeVersion(version: string): Omit<Finding, 'check'> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1]);
  return isOld
    ? wrong(`MongoDB ${version} is too old.`, `Move to MongoDB ${FLOOR.join('.')} or newer.`)
    : well(`MongoDB ${version} answers.`);
}

/** @param skew ms between both clocks */
export const judgeClock = (skew: number): Omit<Finding, 'check'>[] =>
  skew > SKEW_MS
    ? [
        warning(
          `The clocks of MongoDB and of this machine are ${Math.round(skew / 1000)} seconds apart.`,
          'Let both be set by the network (NTP).'
        )
      ]
    : [];

const indexes = (missing: readonly string[]): Omit<Finding, 'check'> =>
  missing.length === 0
    ? well('All indexes are there.')
    : warning(
        `Indexes are missing: ${missing.slice(0, 5).join('; ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}.`,
        'The running server makes them in the background; if they stay away, its log says why.'
      );
