import { randomInt } from 'node:crypto';
import { MongoMemoryServer } from 'mongodb-memory-server';
import { fuzz } from './fuzz.ts';

/**
 * The long run: `FUZZ_INPUTS` (200,000) inputs from `FUZZ_SEED` (a random one), on both stores where MongoDB can be had
 * (MONGO_TEST_URL, MONGOMS_SYSTEM_BINARY; FUZZ_STORES=sqlite leaves it out). `FUZZ_ONLY=n` repeats input n alone.
 */
const { FUZZ_SEED, FUZZ_INPUTS = '200000', FUZZ_ONLY, FUZZ_STORES, MONGO_TEST_URL } = process.env;
const seed = Number(FUZZ_SEED ?? randomInt(2 ** 31));

const wanted = FUZZ_STORES !== 'sqlite';
const own = wanted && !MONGO_TEST_URL ? await MongoMemoryServer.create().catch(() => undefined) : undefined;
const base = wanted ? (MONGO_TEST_URL ?? own?.getUri()) : undefined;
const mongoUri = base && new URL(`/vigil_fuzz_${process.pid}`, base).href;
console.log(`seed ${seed}, ${FUZZ_INPUTS} inputs, ${mongoUri ? 'SQLite and MongoDB' : 'SQLite only'}`);

const report = await fuzz({
  seed,
  inputs: Number(FUZZ_INPUTS),
  lookEvery: 2000,
  ...(mongoUri && { mongoUri }),
  ...(FUZZ_ONLY !== undefined && { only: Number(FUZZ_ONLY) }),
  onProgress: (line) => console.log(line)
});
await own?.stop();
const { findings, ...figures } = report;
console.log(JSON.stringify(figures, null, 1));
console.log(
  findings.length === 0 ? 'nothing found' : `FOUND ${findings.length}, and ${report.furtherFindings} more of the same kinds:`
);
for (const finding of findings) console.log(`- ${finding}`);
process.exit(findings.length === 0 ? 0 : 1);
