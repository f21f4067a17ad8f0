import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/read-config.ts';
import { SERVER } from '../config/version.ts';
import { addAudit } from './commands/audit.ts';
import { addBackup } from './commands/backup.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addHealth } from './commands/health.ts';
import { addImport } from './commands/import.ts';
import { addRestore } from './commands/restore.ts';
import { addStart } from './commands/start.ts';
import { addToken } from './commands/token.ts';
import { addVerify } from './commands/verify.ts';
import { type CliContext, CommandFailed, EXIT } from './context.ts';

/** Every command of `vigil`, in the order of its help. */
const COMMANDS = [addStart, addToken, addImport, addExport, addBackup, addRestore, addVerify, addDoctor, addAudit, addHealth];

/**
 * Runs one command. Without any, the server starts.
 * @param args what stands behind the name of the program
 * @returns the exit code; `start` resolves when the server is up and goes on
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const program = new Command('vigil')
    .description('A full Nightscout-compatible server. Settings come from the environment (see .env.example).')
    .version(SERVER.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.out(text.trimEnd()), writeErr: (text) => context.err(text.trimEnd()) });
  for (const add of COMMANDS) add(program, context);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const failed = failureOf(error);
    for (const sentence of failed.sentences) context.err(sentence);
    return failed.code;
  }
}

function failureOf(error: unknown): CommandFailed {
  if (error instanceof CommandFailed) return error;
  if (error instanceof ConfigError)
    return new CommandFailed(['The settings cannot be used:', ...error.sentences.map((s) => `  - ${s}`)]);
  return new CommandFailed(error instanceof Error ? error.message : String(error));
}
