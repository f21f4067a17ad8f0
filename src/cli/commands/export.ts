import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../../config/read-config.ts';
import type { Manifest } from '../../move/manifest.ts';
import { type CliContext, CommandFailed, EXIT } from '../context.ts';
import { progressTo } from '../progress.ts';
import { readSelection, type SelectionOptions } from './selection.ts';

interface ExportOptions extends SelectionOptions {
  readonly format: string;
  readonly json?: boolean;
}

const FORMATS = ['ndjson', 'json', 'csv'] as const;

/** `vigil export <dest>`: the documents as files anybody can read. */
export function addExport(program: Command, context: CliContext): void {
  program
    .command('export')
    .description('write the data of this site into a folder, one file per collection; also while the server runs')
    .argument('<dest>', 'a new or empty folder')
    .option(
      '--format <format>',
      'ndjson (one document a line), json (a list) or csv (for spreadsheets; cannot be imported)',
      'ndjson'
    )
    .option('--collections <names>', 'only these, with commas between')
    .option('--from <date>', 'only documents from this day on (2026-01-31)')
    .option('--to <date>', 'only documents up to this day')
    .option('--json', 'print the manifest as JSON')
    .action((dest: string, options: ExportOptions) => run(context, resolve(dest), options));
}

async function run(context: CliContext, folder: string, options: ExportOptions): Promise<void> {
  const { format } = options;
  if (!isFormat(format)) throw new CommandFailed(`--format must be one of ${FORMATS.join(', ')}.`, EXIT.usage);
  const { names, range } = readSelection(options);
  const config = readConfig(context.env);
  const [{ writeExport }, { sourceOf }, { MOVE_NAMES }, { readableSize }] = await Promise.all([
    import('../../export/write-export.ts'),
    import('../../backup/source.ts'),
    import('../../move/names.ts'),
    import('../../backup/files.ts')
  ]);
  const order = {
    source: sourceOf(config),
    folder,
    format,
    names: MOVE_NAMES.filter((name) => names.length === 0 || names.includes(name)),
    range,
    at: context.now()
  };
  const manifest = await writeExport(order, progressTo(context));
  if (options.json) context.out(JSON.stringify(manifest));
  else for (const line of report(manifest, folder, readableSize)) context.out(line);
}

const isFormat = (text: string): text is Manifest['format'] => (FORMATS as readonly string[]).includes(text);

function report({ collections, hash, format }: Manifest, folder: string, size: (bytes: number) => string): string[] {
  const found = Object.values(collections).filter(({ count }) => count > 0);
  const width = Math.max(0, ...found.map(({ file }) => file.length));
  return [
    folder,
    ...found.map(({ file, count, bytes }) => `  ${file.padEnd(width)}  ${count} documents, ${size(bytes)}`),
    ...(found.length === 0 ? ['  no documents'] : []),
    `  content hash ${hash}`,
    ...(format === 'csv' ? [] : ['It can be read back with: vigil import FOLDER']),
    'Not in it: the API secret, settings of the server, and what was deleted. vigil backup keeps everything but the secret.'
  ];
}
