import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vigil } from '../backup/support.ts';
import { freePort } from '../support/process.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// issue 7: what a container is judged by

const portOf = ({ url }: TestServer): string => new URL(url).port;

describe('vigil health', () => {
  it.each([
    ['as a container is started', {}],
    ['on an address of its own', { HOSTNAME: '127.0.0.1' }],
    ['behind a proxy below a path, plain http redirected', { BASE_URL: 'https://host.example/site', INSECURE_USE_HTTP: 'false' }]
  ])('%s: 0 while the server runs, 1 after it', async (_how, env) => {
    const server = await startServer(env);
    const settings = { ...env, PORT: portOf(server) };
    const alive = await vigil(['health'], settings);
    expect([alive.code, alive.out, alive.err]).toEqual([0, `http://127.0.0.1:${settings.PORT}/healthz answers.`, '']);
    const { code, out } = await vigil(['health', '--json'], settings);
    expect([code, JSON.parse(out)]).toEqual([0, { status: 'ok', url: `http://127.0.0.1:${settings.PORT}/healthz` }]);
    await server.close();
    const gone = await vigil(['health'], settings);
    expect([gone.code, gone.out, gone.err]).toEqual([1, '', expect.stringContaining('does not answer')]);
  });

  it('where the server speaks TLS itself, whatever name its certificate is made for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-health-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=host.example', '-days', '1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore'
    });
    const tls = { SSL_KEY: key, SSL_CERT: cert };
    const server = await startServer(tls);
    try {
      const { code, out } = await vigil(['health'], { ...tls, PORT: portOf(server) });
      expect([code, out]).toEqual([0, `${server.url}/healthz answers.`]);
      expect(server.url).toMatch(/^https:/);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('another program on the port that answers with an error is no healthy server', async () => {
    const other = createServer((_req, res) => res.writeHead(500).end());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { code, err } = await vigil(['health'], { PORT: String((other.address() as AddressInfo).port) });
    other.close();
    expect([code, err]).toEqual([1, expect.stringContaining('answered 500')]);
  });

  it('settings that cannot be used are named; nobody is asked', async () => {
    const { code, err } = await vigil(['health'], { PORT: 'x' });
    expect([code, err]).toEqual([1, expect.stringContaining('PORT')]);
    expect((await vigil(['health', '--nonsense'], { PORT: String(await freePort()) })).code).toBe(2);
  });
});
