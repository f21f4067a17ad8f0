import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { BUILD, PROCESS_SECRET, startProcess } from '../support/process.ts';

export const SECRET = { 'api-secret': createHash('sha1').update(PROCESS_SECRET).digest('hex') };
export const JSON_TYPE = { 'content-type': 'application/json' };

/** A server in a process of its own, with the defaults of production, and a few documents that no refused request may touch. */
export interface Site {
  readonly url: string;
  readonly port: number;
  /** A JWT that may do everything, for v3. */
  readonly bearer: { readonly authorization: string };
  /** An access token that may do everything, for `/storage` and `/alarm`. */
  readonly token: string;
  /** Resident memory, MB. */
  rss(): number;
  /** Everything stored, as text. */
  contents(): Promise<string>;
  /** Fails unless the process lives and answers somebody else soon. */
  answers(): Promise<void>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** While under attack others still have to be answered within this time, ms, on a machine that is busy besides. */
export const SOON = 30_000;
const KEPT = ['entries', 'treatments', 'devicestatus', 'profile', 'food', 'activity'];

export async function startSite(env: Record<string, string> = {}): Promise<Site> {
  const dir = mkdtempSync(join(tmpdir(), 'vigil-abuse-'));
  const server = await startProcess(BUILD, dir, { AUTH_FAIL_DELAY: '0', ENABLE: 'careportal', LOG_LEVEL: 'silent', ...env });
  const port = Number(new URL(server.url).port);
  const send: Site['send'] = (method, path, body, headers = SECRET) =>
    fetch(server.url + path, {
      method,
      headers: { ...(body !== undefined && JSON_TYPE), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
    });
  const date = Date.now() - 60_000;
  const created_at = new Date(date).toISOString();
  await send('POST', '/api/v1/entries', [{ type: 'sgv', sgv: 111, date, dateString: created_at, device: 'kept' }]);
  await send('POST', '/api/v1/treatments', [{ eventType: 'Note', notes: 'kept', created_at }]);
  await send('POST', '/api/v1/devicestatus', [{ device: 'kept', created_at }]);
  await send('POST', '/api/v1/activity', [{ heartrate: 60, created_at }]);
  await send('POST', '/api/v1/food', { name: 'kept', type: 'food' });
  await send('POST', '/api/v1/profile', { defaultProfile: 'kept', startDate: created_at, store: { kept: {} } });
  await send('POST', '/api/v2/authorization/subjects', { name: 'all', roles: ['admin'] });
  const [{ accessToken: token }] = (await (await send('GET', '/api/v2/authorization/subjects')).json()) as [
    { accessToken: string }
  ];
  const grant = (await (await send('GET', `/api/v2/authorization/request/${token}`)).json()) as { token: string };

  async function contents(): Promise<string> {
    const parts = [];
    for (const name of KEPT) {
      const answer = await send('GET', `/api/v1/${name}.json?count=100000&find[_id][$ne]=ffffffffffffffffffffffff`);
      expect(answer.status).toBe(200);
      parts.push(await answer.text());
    }
    for (const path of ['subjects', 'roles']) parts.push(await (await send('GET', `/api/v2/authorization/${path}`)).text());
    return parts.join('\n').replaceAll(/"lastUsed":"[^"]*"/g, '');
  }

  return {
    url: server.url,
    port,
    token,
    bearer: { authorization: `Bearer ${grant.token}` },
    rss: server.rss,
    contents,
    send,
    async answers() {
      expect(server.child.exitCode).toBeNull();
      const began = performance.now();
      const { status } = await send('GET', '/api/v1/entries/current.json');
      expect(status).toBe(200);
      expect(performance.now() - began).toBeLessThan(SOON);
    },
    async stop() {
      await server.stop('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

/** Nothing stored has changed after `attack`, and others are answered. */
export async function unharmed(site: Site, attack: () => Promise<unknown>): Promise<void> {
  const before = await site.contents();
  await attack();
  await site.answers();
  expect(await site.contents()).toBe(before);
}

/** Bytes on a bare connection. */
export interface Wire {
  readonly socket: Socket;
  /** All that was received so far. */
  heard(): string;
  write(bytes: string | Buffer): Promise<void>;
  /** What was heard when it ended or when it was enough; a busy machine is waited for. */
  until(enough?: (heard: string) => boolean): Promise<string>;
  /** What was heard when it ended, or after so many ms, in which nothing need come. */
  listen(ms: number): Promise<string>;
}

export async function wire(port: number, host = '127.0.0.1'): Promise<Wire> {
  const socket = createConnection(port, host);
  let heard = '';
  socket.on('data', (data) => {
    heard += data.toString('latin1');
  });
  socket.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  async function wait(ms: number, enough: (heard: string) => boolean): Promise<string> {
    const end = performance.now() + ms;
    while (!socket.closed && !enough(heard) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    return heard;
  }
  return {
    socket,
    heard: () => heard,
    write: (bytes) =>
      new Promise((resolve) => {
        if (socket.destroyed || socket.writableEnded) resolve();
        else socket.write(bytes, () => resolve());
      }),
    until: (enough = () => false) => wait(SOON, enough),
    listen: (ms) => wait(ms, () => false)
  };
}

/** The status of each answer in what was heard. */
export const statuses = (heard: string): number[] =>
  [...heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

/** Sends bytes as they are and gives the answer. */
export async function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const one = await wire(port);
  await one.write(bytes);
  const heard = await one.until((text) => /\r\n\r\n/.test(text));
  one.socket.destroy();
  return heard;
}
