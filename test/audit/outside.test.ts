import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { lookFromOutside, type OutsideView } from '../../src/audit/outside.ts';
import { runCli } from '../../src/cli/cli.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// issue 5 item 6: `vigil audit --url` looks at a live site as a stranger, and writes nothing

let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  closing = [];
});

async function site(env: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ AUTH_DEFAULT_ROLES: 'denied', ...env });
  closing.push(() => server.close());
  return server;
}

/** Any other server. */
async function stub(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ids = ({ findings }: OutsideView): string[] => findings.map(({ severity, id }) => `${severity} ${id}`);

describe('from outside', () => {
  it('a closed site on plain http in the home network', async () => {
    const view = await lookFromOutside((await site()).url);
    expect(ids(view)).toEqual(['medium plain-http']);
    expect(view.seen).toMatchObject({
      https: 'no',
      'plain http': 'answers 401',
      'status.json is open': 'no',
      'glucose is open (v1)': 'no',
      'glucose is open (v3)': 'no',
      'rights of strangers that do harm': 'none',
      'metrics are open': 'no',
      'policy of the pages': 'yes',
      'tells what it runs on': 'no'
    });
  });

  it('one that sends visitors to https', async () => {
    const view = await lookFromOutside((await site({ INSECURE_USE_HTTP: 'false' })).url);
    expect(view.seen['plain http']).toBe('goes on to https');
    expect(ids(view)).not.toContain('medium plain-http');
  });

  it.each<[string, Record<string, string>]>([
    ['medium stranger-reads', { AUTH_DEFAULT_ROLES: 'readable' }],
    ['high stranger-writes', { AUTH_DEFAULT_ROLES: 'careportal' }],
    ['high stranger-writes', { AUTH_DEFAULT_ROLES: 'admin' }],
    ['high v3-open', { API3_SECURITY_ENABLE: 'off' }],
    ['low metrics-open', { METRICS: 'on' }],
    ['low cors-any', { ENABLE: 'cors' }],
    ['medium cors-any', { ENABLE: 'cors', AUTH_DEFAULT_ROLES: 'readable' }]
  ])('%s: %j', async (expected, env) => {
    const { url } = await site(env);
    expect(ids(await lookFromOutside(url))).toContain(expected);
  });

  it('a proxy that takes the policy away and tells what it is', async () => {
    const url = await stub((_req, res) => void res.writeHead(200, { server: 'nginx/1.0', 'x-powered-by': 'PHP' }).end('{}'));
    const view = await lookFromOutside(url);
    expect(ids(view)).toEqual(expect.arrayContaining(['low no-policy', 'low server-named']));
    expect(view.seen['tells what it runs on']).toBe('nginx/1.0, PHP');
  });

  it('only asks: GET and OPTIONS, without credentials or body', async () => {
    const asked: string[] = [];
    const url = await stub((req, res) => {
      asked.push(
        `${req.method} ${req.headers['api-secret'] ?? ''}${req.headers.authorization ?? ''}${req.headers['content-length'] ?? ''}`
      );
      res.writeHead(404).end();
    });
    await lookFromOutside(url);
    expect(asked.length).toBeGreaterThan(8);
    expect(new Set(asked)).toEqual(new Set(['GET ', 'OPTIONS ']));
  });

  it('leaves no document behind, and no reading in what it says', async () => {
    const server = await site({ AUTH_DEFAULT_ROLES: 'admin' });
    const headers = { ...server.secret, 'content-type': 'application/json' };
    const body = JSON.stringify([{ type: 'sgv', sgv: 217.4375, date: Date.now(), device: 'planted-device' }]);
    await fetch(`${server.url}/api/v1/entries.json`, { method: 'POST', headers, body });
    const counts = async () =>
      Promise.all(
        (['entries', 'treatments', 'subjects', 'roles'] as const).map((name) => server.services.storage.count(name, {}))
      );
    const before = await counts();
    expect(JSON.stringify(await lookFromOutside(server.url))).not.toMatch(/217|planted/);
    expect(await counts()).toEqual(before);
  });
});

describe('vigil audit --url', () => {
  const run = async (...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCli(['audit', ...args], {
      env: {},
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
      now: Date.now
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };

  it('tells people and scripts, and ends with 1 for a grave risk', async () => {
    const { url } = await site({ AUTH_DEFAULT_ROLES: 'careportal' });
    const { code, out } = await run('--url', url);
    expect(code).toBe(1);
    expect(out).toContain('rights of strangers that do harm: api:treatments:create');
    expect((JSON.parse((await run('--url', url, '--json')).out) as OutsideView).url).toBe(url);
    const closed = await site();
    expect((await run('--url', closed.url)).code).toBe(0);
  });

  it('says so when nothing answers', async () => {
    const url = await stub((req) => void req.socket.destroy());
    const { code, err } = await run('--url', url);
    expect(code).toBe(1);
    expect(err).toContain(`${url} cannot be looked at`);
  });
});
