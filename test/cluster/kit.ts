import { io, type Socket } from 'socket.io-client';
import { expect } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import { SECRET_SHA1, startServer, type TestServer } from '../support/start-server.ts';

type Heard = [event: string, colName: string, doc: Doc];

/** One process of a site, with a socket on each namespace. */
export interface Instance {
  readonly server: TestServer;
  readonly root: Socket;
  readonly deltas: Record<string, Doc[]>[];
  readonly feed: Heard[];
  /** What sounded on `/alarm`. */
  readonly alarms: { event: string; message: Doc; at: number }[];
  /** What sounded on `/`. */
  readonly mirrored: { event: string; message: Doc }[];
  readonly alarm: Socket;
  v1(method: string, path: string, body?: unknown): Promise<Response>;
  v3(method: string, path: string, body?: unknown): Promise<Response>;
  close(): Promise<void>;
}

export const ALARM_EVENTS = ['alarm', 'urgent_alarm', 'announcement', 'notification', 'clear_alarm'];

/** @param n how many */
export async function startSite(n: number, env: Record<string, string>, mongoUri: string): Promise<Instance[]> {
  const servers: TestServer[] = [];
  // one after the other, so that the first one leads
  for (let i = 0; i < n; i++)
    servers.push(await startServer({ AUTH_DEFAULT_ROLES: 'denied', SOCKET_WRITE_BURST: '10000', ...env }, { mongoUri }));
  const accessToken = await tokenOf(servers[0]!.url, 'cluster');
  return Promise.all(servers.map((server) => connectTo(server, accessToken)));
}

/** The access token of a subject with all rights, made when there is none. */
async function tokenOf(url: string, name: string): Promise<string> {
  const subjects = `${url}/api/v2/authorization/subjects`;
  const headers = { 'api-secret': SECRET_SHA1, 'content-type': 'application/json' };
  await fetch(subjects, { method: 'POST', headers, body: JSON.stringify({ name, roles: ['admin'] }) });
  const all = (await (await fetch(subjects, { headers })).json()) as { name: string; accessToken: string }[];
  return all.find((subject) => subject.name === name)!.accessToken;
}

async function connectTo(server: TestServer, accessToken: string): Promise<Instance> {
  const { url } = server;
  await until(async () => (await fetch(`${url}/api/v2/authorization/request/${accessToken}`)).ok, 'the token');
  const { token } = (await (await fetch(`${url}/api/v2/authorization/request/${accessToken}`)).json()) as { token: string };
  const ask = (version: string, headers: Record<string, string>) => (method: string, path: string, body?: unknown) =>
    fetch(`${url}/api/${version}/${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) })
    });
  const open = (namespace: string) =>
    io(`${url}${namespace}`, { transports: ['websocket'], forceNew: true, reconnectionDelay: 100 });
  const [root, storage, alarm] = [open('/'), open('/storage'), open('/alarm')];
  const instance: Instance = {
    server,
    root,
    alarm,
    deltas: [],
    feed: [],
    alarms: [],
    mirrored: [],
    v1: ask('v1', { 'api-secret': SECRET_SHA1 }),
    v3: ask('v3', { authorization: `Bearer ${token}` }),
    async close() {
      for (const socket of [root, storage, alarm]) socket.close();
      await server.close();
    }
  };
  root.on('dataUpdate', (data) => data.delta && instance.deltas.push(data));
  for (const event of ['create', 'update', 'delete'])
    storage.on(event, ({ colName, doc, identifier }) => instance.feed.push([event, colName, doc ?? { identifier }]));
  for (const event of ALARM_EVENTS) {
    alarm.on(event, (message) => instance.alarms.push({ event, message, at: Date.now() }));
    root.on(event, (message) => instance.mirrored.push({ event, message }));
  }
  await new Promise((resolve) => root.emit('authorize', { client: 'test', secret: SECRET_SHA1 }, resolve));
  await new Promise((resolve) => storage.emit('subscribe', { accessToken }, resolve));
  await new Promise((resolve) => alarm.emit('subscribe', { accessToken }, resolve));
  return instance;
}

/** Waits until it holds. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'it', ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) expect.fail(`${what} did not come to hold`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Everything sent before has been heard at each instance once a later write has. */
export async function fence(at: Instance, all: readonly Instance[]): Promise<void> {
  const notes = `fence ${Math.random()}`;
  await at.v1('POST', 'treatments', { eventType: 'Note', notes, created_at: new Date().toISOString() });
  for (const { deltas, feed } of all) {
    await until(() => deltas.some((delta) => delta.treatments?.some((t) => t.notes === notes)), 'the delta of the fence');
    await until(() => feed.some(([, , doc]) => doc.notes === notes), 'the event of the fence');
  }
}
