import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config/env.ts';
import { ROOT } from './documented.ts';

/** What is done with a documented command. The first rule whose pattern fits its words (without settings in front) counts. */
export type Rule = readonly [pattern: RegExp, how: How];

export type How =
  /** Run beside the running site, or on a copy of a stopped one; it may end with these codes. */
  | { readonly do: 'run'; readonly at: 'running' | 'stopped'; readonly codes?: readonly number[] }
  /** Started as a server, asked, and ended. */
  | { readonly do: 'serve' }
  /** Cannot run here: held to what can be known. @throws when that does not hold */
  | { readonly do: 'check'; readonly why: string; readonly check: (command: string) => void };

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

function demand(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}

/** A script of package.json that would take minutes, or run this very test. */
const script = (why: string): How => ({
  do: 'check',
  why,
  check: (command) => {
    const name = /^npm (?:run )?([\w:-]+)$/.exec(command)?.[1] ?? '';
    demand(manifest.scripts[name] !== undefined, `package.json has no script ${name}`);
  }
});

interface Compose {
  readonly services: Record<string, { readonly profiles?: readonly string[] }>;
}

const SUBCOMMANDS = /^(up|down|exec|logs|ps|pull|build|restart|stop|start|run|config)$/;

/** The words of `docker compose …` name profiles, services, files and subcommands that are there. */
function checkCompose(command: string): void {
  const words = command.replace(/^docker compose /, '').split(/\s+/);
  const { services } = parse(read('docker-compose.yml')) as Compose;
  const profiles = new Set(Object.values(services).flatMap((service) => service.profiles ?? []));
  while (words[0]?.startsWith('-')) {
    const [option, value = ''] = words.splice(0, 2);
    if (option === '--profile') demand(profiles.has(value), `docker-compose.yml has no profile ${value}`);
    else if (option === '-f' || option === '--env-file')
      demand(existsSync(join(ROOT, value)) || value === '.env', `there is no file ${value}`);
    else demand(false, `docker compose ${option}: not known to this test`);
  }
  const [subcommand = '', ...rest] = words;
  demand(SUBCOMMANDS.test(subcommand), `docker compose ${subcommand}: not known to this test`);
  const named = rest.filter((word) => !word.startsWith('-'));
  const last = subcommand === 'exec' || subcommand === 'run' ? named.slice(0, 1) : named;
  for (const name of last) demand(services[name] !== undefined, `docker-compose.yml has no service ${name}`);
}

const ELSEWHERE = 'needs an account, root, or a service that is not here';

/** A program of another house, whose words are held to a pattern. */
const elsewhere = (words: RegExp): How => ({
  do: 'check',
  why: ELSEWHERE,
  check: (command) => demand(words.test(command), `not known to this test: ${command}`)
});

/** Files of this project that are named are there. */
function checkFiles(command: string): void {
  for (const file of command.match(/(?<=\s)deploy\/[\w./-]+/g) ?? []) demand(existsSync(join(ROOT, file)), `there is no ${file}`);
}

/** `NAME=value` in a command names settings. */
function checkSettings(command: string): void {
  const known = new Set<string>(Object.entries(VARIABLES).flatMap(([name, { aliases }]) => [name, ...aliases]));
  for (const [, name] of command.matchAll(/(?<=\s)([A-Z][A-Z0-9_]+)=/g)) demand(known.has(name!), `${name} is no setting`);
}

/** A line of `.env` names what docker-compose.yml reads, and profiles it has. */
function checkLine(line: string): void {
  const [name = '', value = ''] = line.split('=');
  const file = read('docker-compose.yml');
  demand(file.includes(`\${${name}`) || name === 'COMPOSE_PROFILES', `docker-compose.yml does not read ${name}`);
  if (name === 'COMPOSE_PROFILES') checkCompose(`docker compose --profile ${value} up`);
}

/** Every command of the texts falls under one of these; a new one that does not fails the test. */
export const RULES: readonly Rule[] = [
  // vigil itself: as it is typed, against the build
  [/^vigil( start)?$/, { do: 'serve' }],
  [/^(npx )?vigil( \w+)* --help$/, { do: 'run', at: 'running' }],
  [/^vigil restore /, { do: 'run', at: 'stopped' }],
  [/^vigil import /, { do: 'run', at: 'stopped' }],
  // risks and notes about this sandbox (plain http) are findings: 1
  [/^vigil (audit|doctor)\b/, { do: 'run', at: 'running', codes: [0, 1] }],
  [/^vigil (backup|export|verify|token|health)\b/, { do: 'run', at: 'running' }],
  [/^curl -fsS /, { do: 'run', at: 'running' }],

  // the project's own scripts
  [/^npm start$/, script('CI executes it on a clean checkout (.ci/run)')],
  [/^npm run build$/, script('the sandbox of this test is made by it')],
  [/^npm run dev$/, script('it never ends; the same sources run in every test')],
  [/^npm (test|run (check|format|fuzz|bench|soak))$/, script('takes minutes, and runs this test')],
  [
    /^npx vitest run /,
    {
      do: 'check',
      why: 'a test inside of a test',
      check: (command) => {
        for (const file of command.match(/test\/[\w./-]+/g) ?? []) demand(existsSync(join(ROOT, file)), `there is no ${file}`);
      }
    }
  ],
  [
    /^npm (install|ci|prune --omit=dev)$/,
    {
      do: 'check',
      why: 'would change what all tests share; CI executes README’s two on a clean checkout',
      check: () => demand(/readme run/.test(read('.ci/run')) && /readme test/.test(read('.ci/run')), '.ci/run does not run them')
    }
  ],

  // containers: there is no engine here; what is run inside of them is run here
  [/^docker compose /, { do: 'check', why: 'there is no container engine', check: checkCompose }],

  [/^[A-Z_]+=\S+$/, { do: 'check', why: 'a line of .env', check: checkLine }],

  // hosts and systems
  [
    /^(systemctl|journalctl) /,
    elsewhere(/^(systemctl (enable|start|stop|restart|status|daemon-reload|edit)|journalctl -u vigil)\b/)
  ],
  // what it runs is run here
  [/^systemd-run /, elsewhere(/ \/usr\/bin\/node \/opt\/vigil\/dist\/main\.js [a-z]+$/)],
  [/^cd \/opt\/vigil$/, elsewhere(/./)],
  [/^install -m 600 \/dev\/null \/etc\/vigil\.env$/, elsewhere(/./)],
  [/^cp deploy\//, { do: 'check', why: 'needs root', check: checkFiles }],
  [/^git (clone|pull|push)\b/, elsewhere(/./)],
  [/^fly (apps create|volumes create|secrets set|deploy)\b/, { do: 'check', why: ELSEWHERE, check: checkFiles }],
  [/^heroku (create|config:set)\b/, { do: 'check', why: ELSEWHERE, check: checkSettings }]
];

/** What a container would run, in the words of this machine; undefined for other commands. */
export const insideOf = (command: string): string | undefined => /^docker compose exec (?:-\w+ )*vigil (.+)$/s.exec(command)?.[1];
