import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { BackupDone } from '../../backup/write-backup.ts';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/read-config.ts';
import type { CliContext } from '../context.ts';
import { progressTo } from '../progress.ts';

/** `vigil backup [dest]`: a verified copy of the database, while the server runs. */
export function addBackup(program: Command, context: CliContext): void {
  program
    .command('backup')
    .description('write a verified copy of the database, also while the server runs')
    .argument('[dest]', 'file to write, or a folder for a file named vigil-YYYYMMDD-HHMMSS.db (default: BACKUP_DIR)')
    .option('--json', 'print the result as JSON')
    .action((dest: string | undefined, options: { json?: boolean }) => backup(context, dest, options));
}

async function backup(context: CliContext, dest: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const config = readConfig(context.env);
  const [{ sourceOf }, { runAside }, { readableSize }] = await Promise.all([
    import('../../backup/source.ts'),
    import('../../aside/run-aside.ts'),
    import('../../backup/files.ts')
  ]);
  const file = await targetOf(dest, config, context.now());
  const order = { source: sourceOf(config), file, leaveFree: 0, at: context.now() };
  const done = await runAside('backup', order, { onProgress: progressTo(context) });
  if (json) context.out(JSON.stringify({ ...done, verified: true }));
  else for (const line of report(done, config, readableSize)) context.out(line);
}

async function targetOf(dest: string | undefined, config: Config, now: number): Promise<string> {
  const [{ backupName }, { stat }] = await Promise.all([import('../../backup/names.ts'), import('node:fs/promises')]);
  const target = resolve(dest ?? config.backup.dir);
  const isFolder =
    dest === undefined || /[/\\]$/.test(dest) || ((await stat(target).catch(() => undefined))?.isDirectory() ?? false);
  return isFolder ? join(target, backupName(now)) : target;
}

function report(
  { file, bytes, durationMs, info, merged }: BackupDone,
  config: Config,
  size: (bytes: number) => string
): string[] {
  const counts = Object.entries(info.content.collections).filter(([, { count }]) => count > 0);
  const secrets = config.apiSecret ? 'API_SECRET of the environment' : `${resolve(config.dataDir)}/api-secret`;
  return [
    `${file}`,
    `  ${size(bytes)}, written and verified in ${(durationMs / 1000).toFixed(1)} s`,
    `  ${counts.map(([name, { count }]) => `${name} ${count}`).join(', ') || 'no documents'}`,
    `  content hash ${info.content.hash}`,
    ...(merged > 0 ? [`  ${merged} documents stood there twice under one _id; one of each is in the backup`] : []),
    `Not in it: the API secret (${secrets}). Keep that in another place: access tokens are derived from it, and on a machine with another secret every app needs a new token.`,
    `To go back to it: stop the server, then run: vigil restore ${file}`
  ];
}
