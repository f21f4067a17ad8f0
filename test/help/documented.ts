import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked, type Tokens } from 'marked';

export const ROOT = new URL('../..', import.meta.url).pathname;

/** A text that tells people what to type: README, the help, and whatever stands in deploy. */
interface Text {
  /** From the top of the repository. */
  readonly file: string;
  readonly source: string;
  /** Commands that belong together, in the order in which somebody types them. */
  readonly blocks: readonly (readonly string[])[];
}

const markdownIn = (folder: string): string[] =>
  existsSync(join(ROOT, folder))
    ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(folder, name))
    : [];

/** Every text with commands in it. */
export const TEXTS: readonly Text[] = ['README.md', ...markdownIn('src/help'), ...markdownIn('deploy')].map((file) => {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return { file, source, blocks: fencesOf(source).map(commandsOf) };
});

/** The insides of blocks marked `sh`. Under another name, or none, a command would escape the tests: that is refused, as is a list's. */
function fencesOf(source: string): string[] {
  const found: string[] = [];
  for (const token of new Marked().lexer(source)) {
    if (token.type === 'list' && token.raw.includes('```'))
      throw new Error(`a block inside of a list escapes the tests:\n${token.raw}`);
    if (token.type !== 'code') continue;
    const { lang = '', text } = token as Tokens.Code;
    if (/^(bash|shell|console|zsh|powershell)?$/.test(lang)) throw new Error(`a block is marked "${lang}", not sh:\n${text}`);
    if (lang === 'sh') found.push(text);
  }
  return found;
}

/** One command each, also of several joined by `&&`: lines that end with a backslash, and what is piped in from below (`<<EOF`), belong together. */
function commandsOf(block: string): string[] {
  const commands: string[] = [];
  const lines = block.split('\n');
  while (lines.length > 0) {
    let command = lines.shift()!;
    while (command.endsWith('\\') && lines.length > 0) command = `${command}\n${lines.shift()}`;
    const end = /<<-?\s*['"]?(\w+)['"]?/.exec(command)?.[1];
    while (end !== undefined && lines.length > 0) {
      const line = lines.shift()!;
      command = `${command}\n${line}`;
      if (line.trim() === end) break;
    }
    // what stands behind it is for people
    const bare = command.replace(/\s+# .*$/, '').trim();
    if (bare !== '' && !bare.startsWith('#')) commands.push(...bare.split(' && '));
  }
  return commands;
}

/** `A=1 B="x y" vigil start` as the names of its settings and the rest. */
export function settingsOf(command: string): { settings: string[]; rest: string } {
  const settings: string[] = [];
  let rest = command.trim();
  for (;;) {
    const [all, name] = /^([A-Za-z_]\w*)=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+/.exec(rest) ?? [];
    if (all === undefined || name === undefined) return { settings, rest };
    settings.push(name);
    rest = rest.slice(all.length);
  }
}
