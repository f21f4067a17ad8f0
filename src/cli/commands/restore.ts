import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Restored } from '../../backup/restore.ts';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/read-config.ts';
import { type CliContext, CommandFailed } from '../context.ts';
import { progressTo } from '../progress.ts';

/** `vigil restore <file>`: the database becomes what a backup holds. */
export function addRestore(program: Command, context: CliContext): void {
  program
    .command('restore')
    .description('make the database what a backup holds; the server must be stopped')
    .argument('<file>', 'a file of vigil backup, of either kind of database')
    .option('--yes', 'replace what a MongoDB database holds now (a database file is always kept beside)')
    .option('--json', 'print the result as JSON')
    .action((file: string, options: { yes?: boolean; json?: boolean }) => restore(context, resolve(file), options));
}

async function restore(
  context: CliContext,
  file: string,
  { yes = false, json }: { yes?: boolean; json?: boolean }
): Promise<void> {
  const config = readConfig(context.env);
  const [{ runAside }, { sourceOf }, { NOT_EMPTY }] = await Promise.all([
    import('../../aside/run-aside.ts'),
    import('../../backup/source.ts'),
    import('../../backup/not-empty.ts')
  ]);
  const target = sourceOf(config);
  const options = { onProgress: progressTo(context) };
  const done = await (target.kind === 'sqlite'
    ? runAside('restoreFile', { backup: file, file: target.file, at: context.now() }, options)
    : runAside('restoreMongo', { backup: file, mongo: target.mongo, replace: yes }, options)
  ).catch((error: Error) => {
    if (error.name !== NOT_EMPTY) throw error;
    throw new CommandFailed([
      `The MongoDB database is not empty (${error.message}); nothing was changed.`,
      'Restoring replaces these documents and removes those that are not in the backup. Make a backup of it first (vigil backup), stop every server that uses it, then run the same command with --yes.'
    ]);
  });
  if (json) context.out(JSON.stringify({ file, keptAs: done.keptAs, ...done.verified }));
  else for (const line of report(file, done, config)) context.out(line);
}

function report(file: string, { verified: { info, content }, keptAs }: Restored, config: Config): string[] {
  const counts = Object.entries(content.collections).filter(([, { count }]) => count > 0);
  return [
    `Restored ${file}${info ? `, as it was on ${info.createdAt}` : ' (it says nothing about its contents: only its structure was checked)'}.`,
    `  ${counts.map(([name, { count }]) => `${name} ${count}`).join(', ') || 'no documents'}`,
    ...(keptAs ? [`What was there before is kept in ${keptAs}; delete it when you do not need it any more.`] : []),
    ...(config.mongo ? ['Start the servers of this database again: they remember what was there before.'] : []),
    'Messages that waited to be sent at the time of the backup are not sent again.',
    'API_SECRET and the signing key are not part of a backup: with another secret than at that time, apps need new access tokens.'
  ];
}
