import { writeSync } from 'node:fs';
import { DryMongoBinary, MongoMemoryServer } from 'mongodb-memory-server';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    mongoBaseUrl: string;
  }
}

const PROBE_MS = 4000;

/** One MongoDB per test run: MONGO_TEST_URL, else a server of our own; its address reaches the suites by `inject`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.MONGO_TEST_URL;
  const server = given ? undefined : await startServer();
  const url = given ?? (server instanceof MongoMemoryServer ? server.getUri() : '');
  project.provide('mongoBaseUrl', url);
  if (!url) warnAtTheEnd(String(server));
  return async () => {
    if (server instanceof MongoMemoryServer) await server.stop();
  };
}

/** @returns a running server, or a sentence that says why there is none */
async function startServer(): Promise<MongoMemoryServer | string> {
  try {
    if (!(await haveBinary()) && !(await downloadReachable())) return 'no mongod here, and its download is not reachable';
    return await MongoMemoryServer.create();
  } catch (error) {
    return `mongod cannot be started: ${error instanceof Error ? error.message : error}`;
  }
}

async function haveBinary(): Promise<boolean> {
  if (process.env.MONGOMS_SYSTEM_BINARY) return true;
  const options = await DryMongoBinary.generateOptions();
  return (await DryMongoBinary.locateBinary(options)) !== undefined;
}

// the download itself waits for minutes when nobody answers
async function downloadReachable(): Promise<boolean> {
  const mirror = process.env.MONGOMS_DOWNLOAD_MIRROR ?? 'https://fastdl.mongodb.org';
  return fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) }).then(
    () => true,
    () => false
  );
}

/** A suite that did not run must not look like one that passed. */
function warnAtTheEnd(reason: string): void {
  const line = '!'.repeat(100);
  process.on('exit', () => {
    if (process.env.CI) process.exitCode = 1;
    const verdict = process.env.CI
      ? 'CI demands them: this run FAILED.'
      : 'Set MONGO_TEST_URL or MONGOMS_SYSTEM_BINARY to run them.';
    writeSync(2, `\n${line}\n!! THE MONGODB SUITES DID NOT RUN: ${reason}.\n!! ${verdict}\n${line}\n`);
  });
}
