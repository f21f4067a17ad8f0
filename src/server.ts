import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createAccess } from './access/access.ts';
import { createAlarms } from './alarms/alarms.ts';
import { createChecks } from './alarms/checks/index.ts';
import { watchClocks } from './alarms/clock-skew.ts';
import { secretNotes } from './alarms/weak-secret.ts';
import { createBackups } from './backup/schedule.ts';
import { createBus } from './bus/bus.ts';
import { createCluster } from './cluster/cluster.ts';
import { createDuties } from './cluster/duties.ts';
import { createCommit } from './collections/commit.ts';
import type { Config } from './config/config.ts';
import { ensureSecrets } from './config/secret.ts';
import { createHousekeeping } from './housekeeping/housekeeping.ts';
import { createApp } from './http/app.ts';
import { serveBelow } from './http/base-path.ts';
import { bornFor } from './http/born.ts';
import { boundConnections } from './http/connections.ts';
import { trackConnections } from './http/ops/connections.ts';
import { createIntegrations } from './integrations/create-integrations.ts';
import { createLifecycle } from './lifecycle.ts';
import { createLive } from './live/create-live.ts';
import { createLogger } from './observe/logger.ts';
import { createMetrics } from './observe/metrics.ts';
import { observed } from './observe/observed-storage.ts';
import { createTroubleNotes } from './observe/trouble-notes.ts';
import { createCurrent } from './plugins/current.ts';
import type { Services } from './services.ts';
import { attachSockets } from './sockets/attach.ts';
import { watchDisk } from './storage/disk-watch.ts';
import { openServerStorage } from './storage/journal/open.ts';
import type { Storage } from './storage/port.ts';
import { createUploads } from './uploads/uploads.ts';

/** A running server. */
export interface Server {
  /** Where it listens: `http://127.0.0.1:1337`. */
  readonly url: string;
  /** The API secret when this start generated it (to be shown once), else undefined. */
  readonly newSecret: string | undefined;
  readonly services: Services;
  /** Stops taking requests, finishes those under way, then closes what was opened, last opened first. */
  close(): Promise<void>;
}

/** How long requests under way may take at shutdown, ms: platforms kill after 10 s, and there is more to close. */
const DRAIN_MS = 5000;
/** How long the start waits for the database before it lets requests in, ms. */
const READY_MS = 3000;

/**
 * Builds and starts a server; nothing is shared between two of them.
 * @param options.now the clock, epoch ms
 * @throws Error with a sentence for people when the data folder, the port or a TLS file cannot be used
 */
export async function createServer(
  config: Config,
  { log = createLogger(config.logLevel), now = Date.now }: { log?: Logger; now?: () => number } = {}
): Promise<Server> {
  const secrets = await ensureSecrets(config);
  for (const warning of secrets.warnings) log.warn(warning);
  const lifecycle = createLifecycle();
  const metrics = config.ops.metrics === 'off' ? undefined : createMetrics();
  const plainBus = createBus((error, event, owner) => log.error({ err: error, event, owner }, 'a listener failed'));
  const bus = metrics ? metrics.bus.observed(plainBus) : plainBus;
  const notes = createTroubleNotes(bus, config.dataDir);
  const opened = await openServerStorage(config, {
    log,
    now,
    onTrouble: notes.database
  });
  const storage = observed(opened, { log, slowMs: config.ops.slowQueryMs, metrics: metrics?.storage });
  const { redisUrl: url, redisPrefix: prefix } = config;
  const cluster = url && prefix ? await createCluster({ url, prefix, storage, bus, now, log }) : undefined;
  const duties = cluster && createDuties({ cluster, bus, storage });
  const commit = createCommit(storage, bus, now, cluster?.exclusive);
  const access = createAccess({
    config,
    storage,
    bus,
    log,
    now,
    apiSecret: secrets.apiSecret,
    jwtKey: secrets.jwtKey
  });
  const live = createLive({ storage, bus, config, now, log });
  const integrations = duties?.integrations ?? createIntegrations({ services: { config, log, bus, storage, now } });
  const backups = createBackups({ config, log, bus, now, leads: () => cluster?.leadership.leads ?? true });
  const uploads = createUploads({ bus, live, now });
  const services: Services = {
    config,
    log,
    bus,
    storage,
    commit,
    access,
    live,
    integrations,
    cluster,
    backups,
    uploads,
    sockets: () => sockets.list(),
    metrics,
    lifecycle,
    now
  };
  const current = createCurrent(services);
  const alarmsOn = (store: Storage) =>
    createAlarms({ services: { ...services, storage: store }, current, runChecks: createChecks() });
  const alarms =
    duties?.alarms((store) => ({
      integrations: createIntegrations({ services: { ...services, storage: store } }),
      alarms: alarmsOn(store)
    })) ?? alarmsOn(storage);
  const unwatchClocks = watchClocks(services);
  const housekeeping = createHousekeeping(services);
  const app = createApp(services, current);
  notes.open();
  const disk = watchDisk(config.dataDir, config.diskWarnBytes, notes.disk);
  const http: HttpServer = config.tls
    ? createHttpsServer(
        {
          key: readFileSync(config.tls.keyFile),
          cert: readFileSync(config.tls.certFile),
          ...(config.tls.caFile && { ca: readFileSync(config.tls.caFile) }),
          ...bornFor(app)
        },
        app
      )
    : createHttpServer(bornFor(app), app);
  const endConnections = trackConnections(http);
  boundConnections(http, config);
  const sockets = attachSockets(http, services);
  serveBelow(http, config.basePath);
  metrics?.watch({ live, deliveries: () => integrations.stats(), sockets: () => sockets.list() });
  for (const note of secretNotes(secrets.apiSecret, config)) bus.publish('admin-notify', note);
  alarms.start();

  async function close(): Promise<void> {
    lifecycle.close();
    const drained = new Promise<void>((resolve) => http.close(() => resolve()));
    // writes of both kinds are answered before anybody is let go
    if (!(await lifecycle.idle(DRAIN_MS))) log.warn('some requests were still under way and are cut off');
    await sockets.close();
    // what is open now waits for its next request, or has never finished sending one
    await endConnections();
    await drained;
    disk.close();
    await backups.close();
    await housekeeping.close();
    unwatchClocks();
    uploads.close();
    // after the last request: it may have acknowledged an alarm
    await alarms.close();
    await integrations.close();
    await live.close();
    await access.close();
    await cluster?.close();
    await storage.close();
    metrics?.close();
  }

  try {
    // a reader who comes first should find the recent past; a database that is away must not keep the door shut
    await Promise.race([
      Promise.all([access.ready(), live.ready]),
      new Promise((resolve) => setTimeout(resolve, READY_MS).unref())
    ]);
    await listen(http, config);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: urlOf(http, config),
    newSecret: secrets.isNew ? secrets.apiSecret : undefined,
    services,
    close
  };
}

function listen(http: HttpServer, { port, hostname }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`PORT ${port} is taken by another program`)
          : new Error(`Cannot listen on PORT ${port}: ${error.message}`)
      )
    );
    http.listen(port, hostname, resolve);
  });
}

function urlOf(http: HttpServer, { hostname, tls }: Config): string {
  const host =
    hostname === undefined || hostname === '0.0.0.0' || hostname === '::'
      ? 'localhost'
      : hostname.includes(':')
        ? `[${hostname}]`
        : hostname;
  return `${tls ? 'https' : 'http'}://${host}:${(http.address() as AddressInfo).port}`;
}
