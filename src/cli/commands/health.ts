import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Command } from 'commander';
import { readConfig } from '../../config/read-config.ts';
import { type CliContext, CommandFailed } from '../context.ts';
import { localUrl } from '../local-url.ts';

/** How long the server may take: containers are asked every half minute, and give a check five seconds, ms. */
const PATIENCE_MS = 4000;

/** `vigil health`: what containers and supervisors ask; it knows the port, the address and whether the server speaks TLS itself. */
export function addHealth(program: Command, { env, out }: CliContext): void {
  program
    .command('health')
    .description('whether the server of these settings is alive on this machine (exit code 0: yes)')
    .option('--json', 'print the result as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const url = `${localUrl(readConfig(env))}/healthz`;
      const status = await ask(url);
      if (status !== 200) throw new CommandFailed(`${url} answered ${status}.`);
      out(json ? JSON.stringify({ status: 'ok', url }) : `${url} answers.`);
    });
}

/** @returns the status of the answer */
function ask(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(new CommandFailed(`${url} does not answer: ${error.message}`));
    const signal = AbortSignal.timeout(PATIENCE_MS);
    // the certificate is made for the site's name, not for this address
    const send = url.startsWith('https:')
      ? httpsRequest(url, { signal, rejectUnauthorized: false })
      : httpRequest(url, { signal });
    send.once('error', refuse);
    send.once('response', (answer) => {
      answer.resume();
      answer.once('error', refuse).once('end', () => resolve(answer.statusCode ?? 0));
    });
    send.end();
  });
}
