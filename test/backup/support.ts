import { runCli } from '../../src/cli/cli.ts';
import { API_SECRET } from '../support/start-server.ts';

/** Runs a command of the command line inside this process. */
export async function vigil(
  args: readonly string[],
  env: Record<string, string>,
  now: () => number = Date.now
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    env: { API_SECRET, ...env },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    now
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
