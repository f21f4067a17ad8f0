import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { createServer, type Server } from '../../src/server.ts';
import { dropMongo, mongoUriFor, onMongo } from './store.ts';

export const API_SECRET = 'a-secret-for-tests-1';
export const SECRET_SHA1 = createHash('sha1').update(API_SECRET).digest('hex');

/** A real server on a random port with a database of its own; `env` as in production. Close it with `close()`. */
export interface TestServer extends Server {
  /** Headers of a request with the API secret. */
  readonly secret: { readonly 'api-secret': string };
  readonly dataDir: string;
}

/**
 * @param env settings over the defaults (closed site: AUTH_DEFAULT_ROLES=denied is for the test to say)
 * @param options.mongoUri a MongoDB database to use instead of SQLite
 * @param options.dataDir reuse the folder of a server that was closed (it is not removed then)
 */
export async function startServer(
  env: Record<string, string> = {},
  options: { mongoUri?: string; dataDir?: string; now?: () => number } = {}
): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'vigil-test-'));
  const ownDatabase = onMongo && !options.mongoUri ? mongoUriFor(dataDir) : undefined;
  const mongoUri = options.mongoUri ?? ownDatabase;
  const config = readConfig({
    HOSTNAME: '127.0.0.1',
    API_SECRET,
    INSECURE_USE_HTTP: 'true',
    AUTH_FAIL_DELAY: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: dataDir,
    ...(mongoUri && { MONGODB_URI: mongoUri }),
    ...env
  });
  const server = await createServer(
    { ...config, port: 0 },
    {
      log: createLogger(config.logLevel),
      ...(options.now && { now: options.now })
    }
  );
  return {
    ...server,
    dataDir,
    secret: { 'api-secret': SECRET_SHA1 },
    close: async () => {
      await server.close();
      if (options.dataDir) return;
      rmSync(dataDir, { recursive: true, force: true });
      if (ownDatabase) await dropMongo(ownDatabase);
    }
  };
}
