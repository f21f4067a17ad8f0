import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { io, type Socket } from 'socket.io-client';
import ioV2 from 'socket.io-client-v2';
import { createAccess } from '../../src/access/access.ts';
import { createBus } from '../../src/bus/bus.ts';
import { createCommit } from '../../src/collections/commit.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLive } from '../../src/live/create-live.ts';
import type { Services } from '../../src/services.ts';
import { attachSockets, type Sockets } from '../../src/sockets/attach.ts';
import type { Doc, Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { API_SECRET, SECRET_SHA1 } from '../support/start-server.ts';

export { API_SECRET, SECRET_SHA1 };

/** Sockets on a bare HTTP server with real services; no HTTP routes. */
export interface BareServer {
  readonly url: string;
  readonly services: Services;
  readonly sockets: Sockets;
  /** A connected client; closed with the server. */
  client(options?: { version?: 2 | 4; transports?: string[]; namespace?: string }): Promise<Client>;
  /** A client that has authorised with the API secret (or whatever `message` says). */
  reader(message?: Doc, version?: 2 | 4): Promise<Client>;
  close(): Promise<void>;
}

export interface Client {
  readonly socket: Socket;
  /** Everything heard, in order. */
  readonly heard: [event: string, ...args: unknown[]][];
  /** Emits and waits for the acknowledgement. */
  ask(event: string, ...args: unknown[]): Promise<unknown>;
  /** The next (or an already heard and not yet taken) event of that name that fits. */
  next<T = Doc>(event: string, fits?: (arg: T) => boolean): Promise<T>;
}

const EVENTS = [
  'clients',
  'connected',
  'dataUpdate',
  'retroUpdate',
  'disconnect',
  'alarm',
  'urgent_alarm',
  'announcement',
  'clear_alarm',
  'notification'
];

/**
 * @param env settings over the defaults
 * @param options.wrap puts something between the services and the database, such as one that is away
 * @param options.seed documents to be there before the start
 */
export async function bareServer(
  env: Record<string, string> = {},
  options: {
    wrap?: (storage: Storage) => Storage;
    seed?: (services: Pick<Services, 'storage' | 'commit'>) => Promise<void>;
    waitForLive?: boolean;
    now?: () => number;
  } = {}
): Promise<BareServer> {
  const dir = mkdtempSync(join(tmpdir(), 'vigil-sockets-'));
  const config = readConfig({ API_SECRET, AUTH_DEFAULT_ROLES: 'denied', AUTH_FAIL_DELAY: '0', DATA_DIR: dir, ...env });
  const log = pino({ level: 'silent' });
  const now = options.now ?? Date.now;
  const file = createSqliteStorage({ file: join(dir, 'test.sqlite') });
  const storage = options.wrap ? options.wrap(file) : file;
  const bus = createBus((error) => {
    throw error;
  });
  const commit = createCommit(storage, bus, now);
  await options.seed?.({
    storage: file,
    commit: createCommit(
      file,
      createBus(() => undefined),
      now
    )
  });
  const access = createAccess({ config, storage: file, bus, log, now, apiSecret: API_SECRET, jwtKey: 'key-for-tests' });
  const live = createLive({ storage, bus, config, now, log });
  const services: Services = { config, log, bus, storage, commit, access, live, now };
  const http = createServer((_request, response) => response.writeHead(404).end());
  const sockets = attachSockets(http, services);
  await access.ready();
  if (options.waitForLive !== false) await live.ready;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const clients: Socket[] = [];

  async function client({
    version = 4,
    transports = ['websocket'],
    namespace = ''
  }: Parameters<BareServer['client']>[0] = {}): Promise<Client> {
    const connect = version === 4 ? io : ioV2;
    const socket = connect(url + namespace, { transports, forceNew: true, reconnection: false });
    clients.push(socket);
    const heard: Client['heard'] = [];
    const waiting: { event: string; fits: (arg: never) => boolean; resolve: (arg: never) => void }[] = [];
    const taken = new Set<unknown>();
    for (const event of EVENTS) {
      socket.on(event, (...args: unknown[]) => {
        const item: Client['heard'][number] = [event, ...args];
        heard.push(item);
        const at = waiting.findIndex((one) => one.event === event && one.fits(args[0] as never));
        if (at < 0) return;
        taken.add(item);
        waiting.splice(at, 1)[0]!.resolve(args[0] as never);
      });
    }
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', () => resolve());
      socket.on('connect_error', reject);
    });
    return {
      socket,
      heard,
      ask: (event, ...args) => new Promise((resolve) => socket.emit(event, ...args, resolve)),
      next: (event, fits = () => true) => {
        const item = heard.find((one) => one[0] === event && !taken.has(one) && fits(one[1] as never));
        if (!item) return new Promise((resolve) => waiting.push({ event, fits, resolve }));
        taken.add(item);
        return Promise.resolve(item[1] as never);
      }
    };
  }

  return {
    url,
    services,
    sockets,
    client,
    async reader(message = { client: 'test', secret: SECRET_SHA1 }, version = 4) {
      const one = await client({ version });
      await one.ask('authorize', message);
      await one.next('dataUpdate');
      return one;
    },
    async close() {
      for (const socket of clients) socket.close();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      await sockets.close();
      http.closeAllConnections();
      await closed;
      await live.close();
      await access.close();
      await file.close();
      rmSync(dir, { recursive: true, force: true });
    }
  };
}
