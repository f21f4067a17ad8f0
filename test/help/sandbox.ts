import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Running, startProcess } from '../support/process.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { ROOT } from './documented.ts';

const SECRET = 'a-secret-for-documents-1';
const OTHERS_SECRET = 'a-secret-of-another-site';
/** What people find in the folder of the project; what is not there yet is left out. */
const CHECKOUT = ['src', 'deploy', 'package.json', 'tsconfig.json', 'docker-compose.yml', '.env.example'];
const BACKUP = 'data/backups/vigil-20261126-030000.db';

/** How a command ended. */
interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** A built checkout of its own, a site that runs from it, another site, and what the texts take for granted. */
export interface Sandbox {
  /** Runs a command in the folder of the running site, or in a fresh copy of a stopped one. */
  run(command: string, at: 'running' | 'stopped', cwd?: string): Promise<Ended>;
  /** Starts a server by its command, waits until it answers, and ends it as a supervisor does. */
  serve(command: string): Promise<Ended>;
  /** A folder with the data of a site that is stopped. */
  stoppedSite(): string;
  readonly folder: string;
  close(): Promise<void>;
}

interface Subject {
  readonly name: string;
  readonly accessToken: string;
}

/** Makes a subject with a role, as an administrator does. @returns its access token */
async function tokenOn(url: string, secret: string, name: string, role: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const headers = { 'api-secret': createHash('sha1').update(secret).digest('hex'), 'content-type': 'application/json' };
  const subjects = `${url}/api/v2/authorization/subjects`;
  await fetch(subjects, { method: 'POST', headers, body: JSON.stringify({ name, roles: [role] }) });
  const all = (await (await fetch(subjects, { headers })).json()) as Subject[];
  const entries = [{ type: 'sgv', sgv: 111, direction: 'Flat', date: Date.now() - 60_000, device: 'documents' }];
  await fetch(`${url}/api/v1/entries.json`, { method: 'POST', headers, body: JSON.stringify(entries) });
  return all.find((subject) => subject.name === name)!.accessToken;
}

/** @param mongoUri an empty database of its own, where there is a MongoDB */
export async function openSandbox(mongoUri: string | undefined): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-documents-'));
  for (const name of CHECKOUT)
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder });

  const shims = join(folder, 'shims');
  mkdirSync(shims);
  writeFileSync(join(shims, 'vigil'), `#!/bin/sh\nexec "${process.execPath}" "${join(folder, 'dist/main.js')}" "$@"\n`);
  chmodSync(join(shims, 'vigil'), 0o755);
  const PATH = `${shims}:${join(process.execPath, '..')}:${process.env.PATH}`;

  const home = join(folder, 'home');
  const port = String(await freePort());
  const settings = {
    API_SECRET: SECRET,
    AUTH_DEFAULT_ROLES: 'denied',
    AUTH_FAIL_DELAY: '0',
    HOSTNAME: '127.0.0.1',
    METRICS_TOKEN: 'a-token-for-figures',
    ENABLE: 'careportal',
    PORT: port,
    INSECURE_USE_HTTP: 'true'
  };
  mkdirSync(home);
  const running: Running = await startProcess([join(folder, 'dist/main.js')], join(home, 'data'), settings);
  const other: TestServer = await startServer({ API_SECRET: OTHERS_SECRET, AUTH_DEFAULT_ROLES: 'denied' });
  const token = await tokenOn(running.url, SECRET, 'Documents', 'admin');
  const othersToken = await tokenOn(other.url, OTHERS_SECRET, 'Mover', 'readable');

  /** What stands in the texts, and what it is here. */
  const standIns: readonly (readonly [string, string])[] = [
    ['https://your-site', running.url],
    ['https://old-site', other.url],
    ['ADMIN-TOKEN', token],
    ['YOUR-TOKEN', token],
    ['OLD-TOKEN', othersToken],
    ['METRICS-TOKEN', settings.METRICS_TOKEN],
    ['/mnt/usb/', `${join(folder, 'usb')}/`],
    ...(mongoUri ? ([['mongodb://localhost:27017/nightscout', mongoUri]] as const) : [])
  ];
  const standIn = (command: string): string => standIns.reduce((text, [from, to]) => text.replaceAll(from, to), command);

  // a busy machine is no fault of a setting
  const env = (more: Record<string, string>) => ({ PATH, HOME: home, LOG_LEVEL: 'info', SLOW_QUERY_MS: '0', ...more });
  const shell = (command: string, cwd: string, more: Record<string, string>): Promise<Ended> =>
    new Promise((resolve) => {
      const child = execFile('sh', ['-c', command], { cwd, env: env(more), timeout: 60_000 }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, out: `${stdout}${stderr}` })
      );
    });

  // a stopped site is a backup of the running one, put in place
  mkdirSync(join(folder, 'usb'));
  const template = join(folder, 'template');
  mkdirSync(join(template, 'data/backups'), { recursive: true });
  for (const command of [
    `vigil backup ${join(template, BACKUP)}`,
    `DATA_DIR=${join(template, 'data')} vigil restore ${join(template, BACKUP)}`
  ]) {
    const { code, out } = await shell(command, home, settings);
    if (code !== 0) throw new Error(out);
  }
  const dump = join(template, 'dump/nightscout');
  mkdirSync(dump, { recursive: true });
  const document = (n: number, rest: object) => JSON.stringify({ _id: { $oid: `6b088af0b8ddb17ce25de4${n}` }, ...rest });
  const at = Date.parse('2026-01-15T12:00:00Z');
  writeFileSync(
    join(dump, 'entries.json'),
    `${document(10, { type: 'sgv', sgv: 120, date: at, dateString: '2026-01-15T12:00:00Z' })}\n`
  );
  writeFileSync(
    join(dump, 'treatments.json'),
    `${document(20, { eventType: 'Note', notes: 'n', created_at: '2026-01-15T12:05:00Z' })}\n`
  );
  for (const place of [home, template]) {
    for (const name of ['dist', 'package.json', 'node_modules', 'docker-compose.yml'])
      if (existsSync(join(folder, name))) symlinkSync(join(folder, name), join(place, name));
  }
  cpSync(join(template, 'dump'), join(home, 'dump'), { recursive: true });
  let copies = 0;

  function stoppedSite(): string {
    const copy = join(folder, `stopped-${++copies}`);
    cpSync(template, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  }

  return {
    folder,
    stoppedSite,
    run: async (command, where, cwd) =>
      where === 'running'
        ? shell(standIn(command), cwd ?? home, settings)
        : shell(standIn(command), cwd ?? stoppedSite(), { API_SECRET: SECRET, PORT: String(await freePort()) }),
    async serve(command) {
      const free = await freePort();
      const cwd = stoppedSite();
      const child = spawn('sh', ['-c', `exec env ${standIn(command)}`], {
        cwd,
        env: env({ API_SECRET: SECRET, INSECURE_USE_HTTP: 'true', PORT: String(free), HOSTNAME: '127.0.0.1' })
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (out += String(part)));
      const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      let isUp = false;
      while (!isUp && child.exitCode === null) {
        isUp = await fetch(`http://127.0.0.1:${free}/readyz`).then(
          ({ ok }) => ok,
          () => false
        );
        if (!isUp) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      child.kill('SIGTERM');
      return { code: await ended, out };
    },
    async close() {
      await Promise.all([running.stop(), other.close()]);
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
