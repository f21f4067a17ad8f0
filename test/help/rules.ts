import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
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

const PLAYS_ELSEWHERE = 'needs an account, root, or a service that is not here';

/** A program of another house: at least its first word behind the name is one it has. */
const elsewhere = (words: RegExp): How => ({
  do: 'check',
  why: PLAYS_ELSEWHERE,
  check: (command) => demand(words.test(command.replace(/^sudo /, '')), `not known to this test: ${command}`)
});

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
  [/^npm start$/, { do: 'serve' }],
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
    /^npm (install|ci)( && .*npm (start|test))?$/,
    {
      do: 'check',
      why: 'would install into the checkout under test; CI executes README’s two on a clean one',
      check: () => demand(/readme run/.test(read('.ci/run')) && /readme test/.test(read('.ci/run')), '.ci/run does not run them')
    }
  ],

  // containers: there is no engine here; what is run inside of them is run here
  [/^docker compose /, { do: 'check', why: 'there is no container engine', check: checkCompose }],
  [/^docker (build|run|pull|logs|stop|rm|exec|volume|image) /, elsewhere(/^docker /)],

  // hosts and systems
  [
    /^(sudo )?(systemctl|journalctl) /,
    elsewhere(/^(systemctl (enable|start|stop|restart|status|daemon-reload|edit|cat)|journalctl) ?/)
  ],
  [/^(sudo )?apt(-get)? /, elsewhere(/^apt(-get)? (update|install)\b/)],
  [
    /^(sudo )?(useradd|adduser|install|mkdir|chown|chmod|cp|mv|ln|ufw|nginx|caddy|a2enmod|a2ensite|apachectl|certbot) /,
    elsewhere(/^\w+ /)
  ],
  [/^git /, elsewhere(/^git (clone|pull|push|remote|checkout|fetch|init|add|commit)\b/)],
  [/^(fly|flyctl) /, elsewhere(/^(fly|flyctl) (launch|deploy|apps|volumes|secrets|logs|status|ssh|scale|auth|open|ips|certs)\b/)],
  [
    /^heroku /,
    elsewhere(/^heroku (create|config:set|config|git:remote|logs|ps:scale|ps|addons:create|open|login|container:\w+|stack:set)\b/)
  ],
  [/^(cd|ssh|scp|rsync) /, elsewhere(/^\w+ /)]
];

/** What a container would run, in the words of this machine; undefined for other commands. */
export const insideOf = (command: string): string | undefined => /^docker compose exec (?:-\w+ )*vigil (.+)$/s.exec(command)?.[1];
