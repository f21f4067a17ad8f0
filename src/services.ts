import type { Logger } from 'pino';
import type { Access } from './access/identity.ts';
import type { Backups } from './backup/schedule.ts';
import type { Bus } from './bus/bus.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Commit } from './collections/commit.ts';
import type { Config } from './config/config.ts';
import type { Integrations } from './integrations/create-integrations.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Live } from './live/live.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Storage } from './storage/port.ts';
import type { Uploads } from './uploads/uploads.ts';

/** What the surfaces (HTTP, sockets) are built from; made once per server by `server.ts`, no globals anywhere. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly bus: Bus;
  readonly storage: Storage;
  /** The one road in. */
  readonly commit: Commit;
  readonly access: Access;
  readonly live: Live;
  /** Messages that leave the house; absent where a surface is built by itself. */
  readonly integrations?: Integrations;
  /** What the server counts about itself; absent with METRICS=off and where a surface is built by itself. */
  readonly metrics?: Metrics | undefined;
  /** Whether the server is closing, and what is under way; absent where a surface is built by itself. */
  readonly lifecycle?: Lifecycle;
  /** The other processes of this site; absent where there is one. */
  readonly cluster?: Cluster | undefined;
  /** Backups the server makes by itself; absent where a surface is built by itself. */
  readonly backups?: Backups;
  /** Who sends what, and what was refused; absent where a surface is built by itself. */
  readonly uploads?: Uploads;
  /** Sockets that are connected here; absent where a surface is built by itself. */
  readonly sockets?: () => Iterable<{ readonly namespace: string; readonly transport: string }>;
  /** The clock, epoch ms. */
  readonly now: () => number;
}
