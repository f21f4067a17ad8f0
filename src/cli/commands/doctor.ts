import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { ConfigError, readConfig } from '../../config/read-config.ts';
import type { Finding } from '../../doctor/finding.ts';
import { type CliContext, CommandFailed, EXIT } from '../context.ts';
import { findSite, type SiteHere } from '../site-here.ts';

interface Options {
  readonly offline?: boolean;
  readonly url?: string;
  readonly json?: boolean;
}

/** `vigil doctor`: what is wrong with this installation, and what to do about it. */
export function addDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('settings, storage, disk, clock, proxy and an upload there and back: what is wrong, and how to mend it')
    .option('--offline', 'ask nothing outside this machine: neither the address of the site nor MongoDB')
    .option('--url <address>', 'address of the site (default: BASE_URL)')
    .option('--json', 'print the findings as JSON')
    .action((options: Options) => doctor(context, options));
}

async function doctor(context: CliContext, { offline = false, url, json }: Options): Promise<void> {
  if (url !== undefined && (!/^https?:\/\//i.test(url) || !URL.canParse(url)))
    throw new CommandFailed('--url must be an address that begins with https:// or http://.', EXIT.usage);
  const { doctorLines } = await import('../../doctor/report.ts');
  const findings = await look(context, offline, url);
  if (json) context.out(JSON.stringify(findings));
  else for (const line of doctorLines(findings)) context.out(line);
  const wrong = findings.filter(({ level }) => level === 'wrong').length;
  if (wrong > 0) throw new CommandFailed(`${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`);
}

async function look(context: CliContext, offline: boolean, url: string | undefined): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig(context.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // without settings there is nothing else to look at
    return error.sentences.map((sentence) => ({
      check: 'settings',
      level: 'wrong',
      sentence,
      fix: 'Correct or remove the variable; the server does not start with it.'
    }));
  }
  const { examine } = await import('../../doctor/doctor.ts');
  const { site, findings } = await serverHere(config, context);
  const address = (url ?? String(config.settings.baseURL ?? '')).replace(/\/+$/, '');
  return [
    ...findings,
    ...(await examine({
      env: context.env,
      config,
      site: site.running ? site : undefined,
      address: URL.canParse(address) ? address : undefined,
      offline,
      now: context.now
    }))
  ];
}

async function serverHere(config: Config, context: CliContext): Promise<{ site: SiteHere; findings: Finding[] }> {
  try {
    const site = await findSite(config, context);
    const sentence = site.running ? `A server runs at ${site.url}.` : 'No server of this configuration runs here.';
    return { site, findings: [{ check: 'server', level: 'ok', sentence }] };
  } catch (error) {
    const [sentence, fix] = [(error as Error).message, 'Stop what uses the folder, or run the doctor with the same settings.'];
    return { site: { running: false }, findings: [{ check: 'server', level: 'wrong', sentence, fix }] };
  }
}
