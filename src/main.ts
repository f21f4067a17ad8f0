import { join } from 'node:path';
import { spellings } from './config/environment.ts';
import { firstRunText } from './config/first-run.ts';
import { ConfigError, readConfig } from './config/read-config.ts';
import { createLogger } from './observe/logger.ts';
import { createServer } from './server.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  // other code of this process (and its error reports) has no business with the secret
  for (const name of spellings('API_SECRET')) delete process.env[name];
  const log = createLogger(config.logLevel);
  for (const warning of config.warnings) log.warn(warning);
  const server = await createServer(config, { log });
  log.info({ url: server.url, storage: server.services.storage.kind }, 'Vigil is listening');
  if (server.newSecret)
    process.stdout.write(
      firstRunText({
        url: server.url,
        secret: server.newSecret,
        insecureUseHttp: config.insecureUseHttp,
        file: join(config.dataDir, 'api-secret')
      })
    );

  let closing = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (closing) process.exit(1);
      closing = true;
      log.info({ signal }, 'shutting down');
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'shutdown failed');
          process.exit(1);
        }
      );
    });
  }
  // the last net (D9): whatever slipped through is logged, and the other requests go on
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => log.error({ err: error }, 'uncaught exception'));
}

main().catch((error: unknown) => {
  const sentences = error instanceof ConfigError ? error.sentences : [error instanceof Error ? error.message : String(error)];
  process.stderr.write(`Vigil cannot start:\n${sentences.map((s) => `  - ${s}\n`).join('')}`);
  process.exit(1);
});
