import type { Command } from 'commander';
import { type CliContext, CommandFailed, EXIT } from '../context.ts';
import { progressTo } from '../progress.ts';

interface Options {
  readonly token?: string;
  readonly secret?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

/** `vigil verify URL`: does a live site do what apps rely on? */
export function addVerify(program: Command, context: CliContext): void {
  program
    .command('verify')
    .description('what apps rely on, checked at a live Nightscout-compatible site; only reads unless told otherwise')
    .argument('<url>', 'address of the site, https://…')
    .option('--token <token>', 'an access token (or VERIFY_TOKEN in the environment, out of the process list)')
    .option('--secret <secret>', 'the API secret (or VERIFY_SECRET)')
    .option('--write', 'also upload, change and remove harmless documents dated June 2001; nothing of them stays')
    .option('--json', 'print the report as JSON')
    .action((url: string, options: Options) => visit(context, url, options));
}

async function visit(context: CliContext, url: string, { token, secret, write = false, json }: Options): Promise<void> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new CommandFailed('The address must begin with https:// or http://.', EXIT.usage);
  const credentials = {
    token: token ?? (context.env.VERIFY_TOKEN || undefined),
    secret: secret ?? (context.env.VERIFY_SECRET || undefined)
  };
  if (write && !credentials.token && !credentials.secret)
    throw new CommandFailed('--write needs the API secret or the token of an administrator.', EXIT.usage);
  const [{ verify }, { reportLines }] = await Promise.all([import('../../verify/verify.ts'), import('../../verify/report.ts')]);
  const progress = progressTo(context);
  const stop = new AbortController();
  const interrupt = (): void => {
    context.err(write ? 'Removing what was written …' : 'Ending …');
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    const report = await verify(url, {
      ...credentials,
      write,
      signal: stop.signal,
      now: context.now,
      onCheck: (done, total) => progress({ verb: 'made', done, total, unit: 'checks' })
    });
    if (json) context.out(JSON.stringify(report));
    else for (const line of reportLines(report)) context.out(line);
    const failed = report.of - report.passed;
    if (failed > 0) throw new CommandFailed(`${failed} ${failed === 1 ? 'check' : 'checks'} failed.`);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}
