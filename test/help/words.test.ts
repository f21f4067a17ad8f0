import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { VARIABLES } from '../../src/config/env.ts';
import { FEATURE_VARIABLES } from '../../src/config/feature-env.ts';
import { HELP_PAGES } from '../../src/help/pages.ts';
import { ROOT, settingsOf, TEXTS } from './documented.ts';
import { commandNames, optionsOf, PENDING, vigilCall } from './program.ts';

// issue 7: what README and the help say is so

const textOf = (file: string): string => TEXTS.find((text) => text.file === file)!.source;
let names: string[];
beforeAll(async () => {
  names = await commandNames();
});

describe('the commands of vigil', () => {
  it.each(['README.md', 'src/help/commands.md'])('stand in %s, each one and no other', (file) => {
    const rows = [...textOf(file).matchAll(/^\| `vigil ([a-z]+)\b/gm)].map(([, name]) => name!);
    expect([...new Set(rows)].sort()).toEqual([...names, ...PENDING].sort());
  });

  it('are no longer called pending once they are there', () => {
    expect(names.filter((name) => PENDING.has(name))).toEqual([]);
  });

  it('have a section each, which names every option', async () => {
    for (const name of names) {
      const [, section = ''] = textOf('src/help/commands.md').split(`\n## vigil ${name}\n`);
      const words = section.split('\n## ')[0]!;
      const missing = (await optionsOf(name)).filter(
        (option) => !['--help', '--json'].includes(option) && !words.includes(option)
      );
      expect([name, words === '', missing]).toEqual([name, false, []]);
    }
  });

  it('are named rightly wherever a sentence names one', () => {
    const known = new Set([...names, ...PENDING]);
    for (const { file, source } of TEXTS) {
      const named = [...source.matchAll(/`(?:npx )?vigil ([a-z]+)\b[^`]*`/g)].map(([, name]) => name!);
      expect([file, named.filter((name) => !known.has(name))]).toEqual([file, []]);
    }
  });

  it('take the options that are written behind them', async () => {
    for (const { file, blocks } of TEXTS)
      for (const command of blocks.flat()) {
        const call = vigilCall(settingsOf(command).rest);
        if (!call || call.name === '' || PENDING.has(call.name)) continue;
        expect([file, command, names.includes(call.name)]).toEqual([file, command, true]);
        const known = await optionsOf(call.name);
        expect([command, call.options.filter((option) => !known.includes(option))]).toEqual([command, []]);
      }
  });
});

describe('settings', () => {
  const known = new Set<string>([
    ...Object.keys(VARIABLES),
    ...Object.values(VARIABLES).flatMap(({ aliases }) => [...aliases]),
    ...FEATURE_VARIABLES.flatMap((feature) => [...feature.names])
  ]);
  /** Read by a command, by another program, by the tests; or a field of documents. */
  const OTHERS = /^(IMPORT|VERIFY)_(TOKEN|SECRET)$|^NIGHTSCOUT_HOST$|^MONGO_TEST_URL$|^NSCLIENT_ID$/;
  const isKnown = (name: string): boolean => known.has(name) || OTHERS.test(name);

  it.each(TEXTS.filter(({ file }) => !file.startsWith('deploy')))('$file names none that is not there', ({ source }) => {
    const named = [...source.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])(?:=[^`]*)?`/g)].map(([, name]) => name!);
    expect(named.filter((name) => !isKnown(name))).toEqual([]);
  });

  it('written in front of a command are known', () => {
    for (const command of TEXTS.flatMap(({ blocks }) => blocks.flat()))
      expect([command, settingsOf(command).settings.filter((name) => !isKnown(name))]).toEqual([command, []]);
  });
});

it('every text of the help is a page, and every page has a text', () => {
  const files = readdirSync(join(ROOT, 'src/help')).filter((name) => name.endsWith('.md'));
  expect(files.sort()).toEqual(HELP_PAGES.map(({ name }) => `${name}.md`).sort());
});

it.each(TEXTS)('links of $file to files lead somewhere', ({ file, source }) => {
  const links = [...source.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  for (const link of links.filter((one) => !/^(https:\/\/|site:|#)/.test(one)))
    expect([link, existsSync(join(ROOT, dirname(file), link.replace(/#.*$/, '')))]).toEqual([link, true]);
});

it('README keeps the two commands that CI executes', () => {
  for (const mark of ['run', 'test'])
    expect(textOf('README.md')).toMatch(new RegExp(`<!-- command: ${mark} -->\n\`\`\`sh\n.+\n\`\`\``));
});
