import { runCli } from '../../src/cli/cli.ts';

/** Commands of vigil that are documented before they are there. Emptied as they come: then they are run, and their options compared. */
export const PENDING: ReadonlySet<string> = new Set();

/** What `vigil … --help` prints. */
async function helpOf(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const take = (line: string) => void lines.push(line);
  await runCli([...args, '--help'], { env: {}, out: take, err: take, now: () => 0 } as Parameters<typeof runCli>[1]);
  return lines.join('\n');
}

/** Names below the heading "Commands:" of a help text. */
const namesIn = (help: string): string[] =>
  [...(help.split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z]+)\b/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help');

/** Every command of the program as it is. */
export const commandNames = async (): Promise<string[]> => namesIn(await helpOf());

/** Options of a command, those of its own commands included: `--json`. */
export async function optionsOf(name: string): Promise<string[]> {
  const help = await helpOf(name);
  const inner = await Promise.all(namesIn(help).map((word) => helpOf(name, word)));
  return [...new Set([help, ...inner].flatMap((text) => [...text.matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map(([option]) => option)))];
}

/** The word behind `vigil` (empty for `vigil --help`), and whatever begins with two dashes; undefined for another program. */
export function vigilCall(command: string): { name: string; options: string[] } | undefined {
  const [all, words = ''] = /^(?:npx )?(?:vigil|node dist\/main\.js)(?: (.*))?$/s.exec(command) ?? [];
  if (all === undefined) return undefined;
  const name = /^[a-z]+/.exec(words)?.[0] ?? (words.startsWith('--') ? '' : 'start');
  return { name, options: words.match(/(?<=^|\s)--[a-z][a-z-]*/g) ?? [] };
}
