import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/read-config.ts';
import type { Counts } from '../../move/counts.ts';
import type { MoveName } from '../../move/names.ts';
import type { Sink } from '../../move/sinks/sink.ts';
import type { Source } from '../../move/source.ts';
import { type CliContext, CommandFailed, EXIT } from '../context.ts';
import { progressTo } from '../progress.ts';
import { askSite, findSite } from '../site-here.ts';
import { readSelection, type SelectionOptions } from './selection.ts';

interface ImportOptions extends SelectionOptions {
  readonly token?: string;
  readonly secret?: string;
  readonly dryRun?: boolean;
  readonly restart?: boolean;
  readonly json?: boolean;
}

/** `vigil import <source>`: brings documents from another site, a database or files. */
export function addImport(program: Command, context: CliContext): void {
  program
    .command('import')
    .description('bring the data of another site, a MongoDB database, a dump or an export to this site; also while it runs')
    .argument('<source>', 'https://site, mongodb://…, or a folder or file of mongodump, mongoexport or vigil export')
    .option('--token <token>', 'access token for a live site (or IMPORT_TOKEN in the environment)')
    .option('--secret <secret>', 'API secret of a live site (or IMPORT_SECRET in the environment)')
    .option('--dry-run', 'write nothing, say what would be new, changed or the same')
    .option('--collections <names>', 'only these, with commas between')
    .option('--from <date>', 'only documents from this day on (2026-01-31)')
    .option('--to <date>', 'only documents up to this day')
    .option('--restart', 'begin anew instead of where an interrupted import was')
    .option('--json', 'print the result as JSON, with the counts of each day')
    .action((source: string, options: ImportOptions) => run(context, source, options));
}

async function run(context: CliContext, where: string, options: ImportOptions): Promise<void> {
  const { dryRun = false, json, restart = false } = options;
  const config = readConfig(context.env);
  const [
    { openSource },
    { runImport, Interrupted },
    { importLines },
    { SourceError },
    { openCheckpoint, noCheckpoint },
    selection
  ] = await Promise.all([
    import('../../move/sources/open-source.ts'),
    import('../../move/run-import.ts'),
    import('../../move/report.ts'),
    import('../../move/source.ts'),
    import('../../move/checkpoint.ts'),
    readSelection(options)
  ]);
  const access = { token: options.token ?? context.env.IMPORT_TOKEN, secret: options.secret ?? context.env.IMPORT_SECRET };
  const { names: wanted, range } = selection;
  let source: Source | undefined;
  let sink: Sink | undefined;
  const interrupt = new AbortController();
  const onSignal = (): void => {
    context.err('Finishing what is under way …');
    interrupt.abort();
  };
  try {
    source = await openSource({ source: where, access, names: wanted, range, env: context.env, now: context.now });
    sink = await openSink(config, context, dryRun);
    const there = await source.names();
    const names = wanted.length === 0 ? there : there.filter((name) => wanted.includes(name));
    const identity = [source.fingerprint, targetOf(config), names, range];
    const checkpoint = dryRun ? noCheckpoint() : openCheckpoint(config.dataDir, identity, { restart });
    if (checkpoint.before) context.err(`Going on where an earlier import from ${source.label} was interrupted.`);
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    const began = context.now();
    const counts = await runImport({
      source,
      sink,
      checkpoint,
      names,
      range,
      onPage: progress(context, names),
      signal: interrupt.signal
    });
    report(context, { counts, source, names, ms: context.now() - began, json, lines: importLines(counts, { dryRun }), dryRun });
  } catch (error) {
    if (error instanceof Interrupted)
      throw new CommandFailed('Interrupted. What came so far is stored; the same command goes on from there.');
    if (error instanceof SourceError) throw new CommandFailed(error.message);
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await sink?.close();
    await source?.close();
  }
}

/** The running server, so that it tells those who listen; else its database. */
async function openSink(config: Config, context: CliContext, dryRun: boolean): Promise<Sink> {
  const site = await findSite(config, context);
  if (site.running) {
    const { createSinkRunning } = await import('../../move/sinks/running.ts');
    return createSinkRunning((path, options) => askSite(site, path, options), { dryRun });
  }
  const { openSinkHere } = await import('../../move/sinks/here.ts');
  return openSinkHere(config, { now: context.now, dryRun });
}

/** Names the target without what must stay secret. */
const targetOf = ({ mongo, dataDir }: Config): string =>
  mongo ? `mongodb ${mongo.uri.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '')}` : join(dataDir, 'vigil.db');

/** Which collection, how far, how fast, and how long it may still take. */
function progress(
  context: CliContext,
  names: readonly MoveName[]
): (name: MoveName, part: number | undefined, total: number) => void {
  const tell = progressTo(context);
  const began = performance.now();
  let first: number | undefined;
  let place: { name: MoveName; at: number; part: number } | undefined;
  return (name, part, total) => {
    first ??= total;
    const at = performance.now();
    const seconds = (at - began) / 1000;
    if (place?.name !== name) place = { name, at, part: part ?? 0 };
    const gained = (part ?? 0) - place.part;
    const left = gained > 0.005 ? ((at - place.at) / 1000 / gained) * (1 - part!) : undefined;
    const rate = seconds > 0.5 ? `, ${Math.round((total - first) / seconds)} documents/s` : '';
    tell(
      `${name} (${names.indexOf(name) + 1} of ${names.length})${part === undefined ? '' : ` ${Math.floor(part * 100)} %`}, ${total} documents${rate}${left === undefined ? '' : `, about ${durationOf(left)} left of ${name}`}`
    );
  };
}

const durationOf = (seconds: number): string =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;

function report(
  { out, err }: CliContext,
  {
    counts,
    source,
    names,
    ms,
    json,
    lines,
    dryRun
  }: {
    counts: Counts;
    source: Source;
    names: readonly MoveName[];
    ms: number;
    json: boolean | undefined;
    lines: readonly string[];
    dryRun: boolean;
  }
): void {
  const notes = [
    ...source.faults,
    ...source.notes,
    ...(counts.of('subjects').new > 0
      ? [
          'Access tokens are derived from API_SECRET: with the API_SECRET of the source, apps keep theirs; with another one, each needs the new token shown on /admin/.'
        ]
      : [])
  ];
  const totals = Object.fromEntries(names.map((name) => [name, counts.of(name)]));
  const refused = Object.values(totals).reduce((sum, count) => sum + count.refused, 0);
  if (json)
    out(
      JSON.stringify({
        source: source.label,
        dryRun,
        seconds: Math.round(ms / 100) / 10,
        totals,
        days: counts.days,
        refused: counts.refused,
        notes
      })
    );
  else {
    out(`${counts.total} documents from ${source.label} in ${(ms / 1000).toFixed(1)} s`);
    for (const line of [...lines, ...notes]) out(line);
  }
  if (refused > 0) err(`${refused} ${refused === 1 ? 'document was' : 'documents were'} refused.`);
  if (refused > 0 || source.faults.length > 0) throw new CommandFailed('Not everything could be imported.', EXIT.failed);
}
