import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/process.ts';

/** Folder of the files people copy, `deploy/`. */
export const DEPLOY = new URL('../../deploy/', import.meta.url).pathname;
const APACHE_MODULES = '/usr/lib/apache2/modules';

export type ProxyName = 'nginx' | 'caddy' | 'apache';
const PROGRAMS: Readonly<Record<ProxyName, string>> = {
  nginx: '/usr/sbin/nginx',
  caddy: '/usr/bin/caddy',
  apache: '/usr/sbin/apache2'
};
export const isHere = (name: ProxyName): boolean => existsSync(PROGRAMS[name]);

export interface ProxyServer {
  readonly https: number;
  /** Where plain http is redirected; not with Caddy, which does that by itself on port 80 only. */
  readonly http: number;
  close(): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly https: number;
  readonly http: number;
  readonly upstream: number;
}

/**
 * Runs the program with our file for it, in which only ports and certificates are replaced, in front of a Vigil on `upstream`.
 * Its own check of the file comes first.
 * @throws Error with the program's words when it does not like the file, or does not listen within ten seconds
 */
export async function startProxy(name: ProxyName, upstream: number): Promise<ProxyServer> {
  const folder = mkdtempSync(join(tmpdir(), `vigil-${name}-`));
  const place = { folder, https: await freePort(), http: await freePort(), upstream };
  makeCertificate(folder);
  const { check, run } = { nginx, caddy, apache }[name](place);
  const env = { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  execFileSync(PROGRAMS[name], check, { env, stdio: 'pipe' });
  const child = spawn(PROGRAMS[name], run, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk) => {
    words += chunk;
  });
  const close = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; !(await listens(place.https)); attempt++) {
    if (attempt < 200 && child.exitCode === null) await pause(50);
    else {
      await close();
      throw new Error(`${name} does not listen: ${words}`);
    }
  }
  return { https: place.https, http: place.http, close };
}

/** Certificate of any name, `cert.pem` and `key.pem`. */
function makeCertificate(folder: string): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const names = ['-subj', '/CN=glucose.example.org', '-addext', 'subjectAltName=DNS:*.example.org', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...names], { stdio: 'ignore' });
}

function nginx({ folder, https, http, upstream }: Place) {
  const ours = readFileSync(join(DEPLOY, 'proxy/nginx.conf'), 'utf8')
    .replaceAll(/listen \[::\]:\d+.*\n/g, '')
    .replaceAll('listen 443 ', `listen 127.0.0.1:${https} `)
    .replaceAll('listen 80;', `listen 127.0.0.1:${http};`)
    .replaceAll(/\/etc\/letsencrypt\/\S+\/fullchain\.pem/g, join(folder, 'cert.pem'))
    .replaceAll(/\/etc\/letsencrypt\/\S+\/privkey\.pem/g, join(folder, 'key.pem'))
    .replaceAll('127.0.0.1:1337', `127.0.0.1:${upstream}`);
  writeFileSync(join(folder, 'vigil.conf'), ours);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${folder}/${what};`);
  const whole = [
    process.getuid?.() === 0 ? 'user root;' : '',
    `pid ${folder}/pid; error_log stderr; daemon off; worker_processes 1;`,
    `events {} http { access_log off; ${temporary.join(' ')} include ${folder}/vigil.conf; }`
  ];
  writeFileSync(join(folder, 'nginx.conf'), whole.join('\n'));
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf')];
  return { check: [...args, '-t', '-q'], run: args };
}

function caddy({ folder, https, upstream }: Place) {
  const ours = readFileSync(join(DEPLOY, 'proxy/Caddyfile'), 'utf8')
    .replaceAll(
      /^(\w+\.example\.org) \{$/gm,
      `https://$1:${https} {\n\tbind 127.0.0.1\n\ttls ${folder}/cert.pem ${folder}/key.pem`
    )
    .replaceAll('127.0.0.1:1337', `127.0.0.1:${upstream}`);
  writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${ours}`);
  const args = ['--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  return { check: ['validate', ...args], run: ['run', ...args] };
}

function apache({ folder, https, http, upstream }: Place) {
  const ours = readFileSync(join(DEPLOY, 'proxy/apache.conf'), 'utf8')
    .replaceAll('<VirtualHost *:443>', `<VirtualHost *:${https}>`)
    .replaceAll('<VirtualHost *:80>', `<VirtualHost *:${http}>`)
    .replaceAll(/\/etc\/letsencrypt\/\S+\/fullchain\.pem/g, join(folder, 'cert.pem'))
    .replaceAll(/\/etc\/letsencrypt\/\S+\/privkey\.pem/g, join(folder, 'key.pem'))
    .replaceAll('127.0.0.1:1337', `127.0.0.1:${upstream}`);
  // those of a2enmod in the file's first lines, and what every Apache has
  const named = /a2enmod ([\w ]+)/.exec(ours)?.[1]?.trim().split(/\s+/) ?? [];
  const modules = ['mpm_event', 'authz_core', 'env', 'socache_shmcb', ...named].map(
    (name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`
  );
  const user = process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : [];
  const own = [`ServerRoot ${folder}`, `PidFile ${folder}/pid`, `ErrorLog ${folder}/error.log`, 'ServerName localhost', ...user];
  const listen = [`Listen 127.0.0.1:${https}`, `Listen 127.0.0.1:${http}`, `DefaultRuntimeDir ${folder}`];
  writeFileSync(join(folder, 'apache2.conf'), [...modules, ...own, ...listen, ours].join('\n'));
  const args = ['-f', join(folder, 'apache2.conf')];
  return { check: [...args, '-t'], run: [...args, '-D', 'FOREGROUND'] };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
