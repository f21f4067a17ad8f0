import type { Command } from 'commander';
import type { Finding } from '../../audit/finding.ts';
import { readEnvironment } from '../../config/environment.ts';
import { readConfig } from '../../config/read-config.ts';
import { type CliContext, CommandFailed, EXIT } from '../context.ts';

/** `vigil audit`: what a stranger can see and do on this site. */
export function addAudit(program: Command, context: CliContext): void {
  program
    .command('audit')
    .description('who may see and do what on this site with its present settings, and what about it is a risk')
    .option('--url <address>', 'look at a live site from outside instead, as a stranger does; nothing is written')
    .option('--json', 'print the result as JSON')
    .action((options: { url?: string; json?: boolean }) =>
      options.url === undefined ? inside(context, options) : outside(context, options.url, options)
    );
}

async function inside({ env, out, now }: CliContext, { json }: { json?: boolean }): Promise<void> {
  const config = readConfig(env);
  const [{ audit }, { readSite }, { auditLines }] = await Promise.all([
    import('../../audit/audit.ts'),
    import('../../audit/site.ts'),
    import('../../audit/report.ts')
  ]);
  const treatmentsAuth = readEnvironment(env).lookup('TREATMENTS_AUTH')?.text;
  const site = await readSite(config, { now: now(), treatmentsAuthOff: /^(off|false)$/i.test(treatmentsAuth ?? '') });
  const result = audit(site);
  if (json) out(JSON.stringify(result));
  else for (const line of auditLines(result)) out(line);
  judge(result.findings);
}

async function outside({ out }: CliContext, url: string, { json }: { json?: boolean }): Promise<void> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new CommandFailed('--url must be an address that begins with https:// or http://.', EXIT.usage);
  const [{ lookFromOutside }, { outsideLines }] = await Promise.all([
    import('../../audit/outside.ts'),
    import('../../audit/report.ts')
  ]);
  const view = await lookFromOutside(url);
  if (json) out(JSON.stringify(view));
  else for (const line of outsideLines(view)) out(line);
  judge(view.findings);
}

function judge(findings: readonly Finding[]): void {
  const high = findings.filter(({ severity }) => severity === 'high').length;
  if (high > 0) throw new CommandFailed(`${high} ${high === 1 ? 'risk' : 'risks'} of high severity.`);
}
