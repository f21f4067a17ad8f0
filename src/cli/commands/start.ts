import { join } from 'node:path';
import type { Command } from 'commander';
import { spellings } from '../../config/environment.ts';
import { firstRunText } from '../../config/first-run.ts';
import { ConfigError, readConfig } from '../../config/read-config.ts';
import { type CliContext, CommandFailed } from '../context.ts';
import { tidyAtRest } from '../tidy.ts';

/** `vigil start`, which is also what happens without any command. */
export function addStart(program: Command, context: CliContext): void {
  program
    .command('start', { isDefault: true })
    .description('start the server (the default)')
    .action(() => start(context).catch(refuse));
}

/** A second signal this long after the first ends the server at once, ms. */
const INSIST_MS = 1000;

async function start({ env, out }: CliContext): Promise<void> {
  const config = readConfig(env);
  // other code of this process (and its error reports) has no business with the secret
  for (const name of spellings('API_SECRET')) delete env[name];
  const [{ createLogger }, { createServer }] = await Promise.all([import('../../observe/logger.ts'), import('../../server.ts')]);
  const log = createLogger(config.logLevel);
  for (const warning of config.warnings) log.warn(warning);
  const server = await createServer(config, { log });
  log.info({ url: server.url, storage: server.services.storage.kind }, 'Vigil is listening');
  if (server.newSecret)
    out(
      firstRunText({
        url: server.url,
        secret: server.newSecret,
        insecureUseHttp: config.insecureUseHttp,
        file: join(config.dataDir, 'api-secret')
      }).trimEnd()
    );

  tidyAtRest();

  let closingSince: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (closingSince !== undefined) {
        // Ctrl-C under npm comes twice, from the terminal and from npm; who insists later means it
        if (performance.now() - closingSince > INSIST_MS) process.exit(1);
        return;
      }
      closingSince = performance.now();
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

function refuse(error: unknown): never {
  const sentences = error instanceof ConfigError ? error.sentences : [error instanceof Error ? error.message : String(error)];
  throw new CommandFailed(['Vigil cannot start:', ...sentences.map((sentence) => `  - ${sentence}`)]);
}
