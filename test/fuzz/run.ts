import { randomInt } from 'node:crypto';
import { MongoMemoryServer } from 'mongodb-memory-server';
import { fuzz } from './fuzz.ts';

/**
 * The long run: `FUZZ_INPUTS` (200,000) inputs from `FUZZ_SEED` (a random one) to a site on SQLite, then an eighth as many to
 * sites on both stores, compared, where MongoDB can be had (MONGO_TEST_URL, MONGOMS_SYSTEM_BINARY).
 * `FUZZ_STORES=sqlite` or `both` does one of the two only, with all inputs; `FUZZ_ONLY=n` repeats input n alone.
 */
const { FUZZ_SEED, FUZZ_INPUTS = '200000', FUZZ_ONLY, FUZZ_STORES, MONGO_TEST_URL, MONGOMS_SYSTEM_BINARY } = process.env;
const seed = Number(FUZZ_SEED ?? randomInt(2 ** 31));
const inputs = Number(FUZZ_INPUTS);
const SHARE = 8;

const wanted = FUZZ_STORES !== 'sqlite';
const own = wanted && !MONGO_TEST_URL && MONGOMS_SYSTEM_BINARY ? await MongoMemoryServer.create() : undefined;
const base = wanted ? (MONGO_TEST_URL ?? own?.getUri()) : undefined;
const mongoUri = base && new URL(`/vigil_fuzz_${process.pid}`, base).href;
let failed = false;

async function run(stores: string, count: number, uri?: string): Promise<void> {
  console.log(`${stores}: seed ${seed}, ${count} inputs`);
  const { findings, ...figures } = await fuzz({
    seed,
    inputs: count,
    lookEvery: 2000,
    ...(uri && { mongoUri: uri }),
    ...(FUZZ_ONLY !== undefined && { only: Number(FUZZ_ONLY) }),
    onProgress: (line) => console.log(line)
  });
  console.log(JSON.stringify(figures, null, 1));
  console.log(
    findings.length === 0
      ? 'nothing found'
      : `found ${findings.length} (see above), and ${figures.furtherFindings} more of the same kinds`
  );
  failed ||= findings.length > 0;
}

if (FUZZ_STORES !== 'both') await run('SQLite', inputs);
if (mongoUri) await run('SQLite and MongoDB', FUZZ_STORES === 'both' ? inputs : Math.ceil(inputs / SHARE), mongoUri);
else if (wanted) console.log('MongoDB is not to be had: set MONGO_TEST_URL or MONGOMS_SYSTEM_BINARY to compare the stores');
await own?.stop();
process.exit(failed ? 1 : 0);
