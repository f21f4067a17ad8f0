import type { CollectionName, StoreName } from '../storage/port.ts';
import type { IntegrationSettings } from './integrations.ts';

/** Public settings as status.json shows them (units, thresholds, enabled features …), keys in the reference's order. */
export type Settings = {
  units: 'mg/dl' | 'mmol';
  enable: string[];
  thresholds: { bgHigh: number; bgTargetTop: number; bgTargetBottom: number; bgLow: number };
  [key: string]: unknown;
};

/** Everything the environment says, read once at start. Times in ms, glucose in mg/dl, sizes in bytes unless named otherwise. */
export interface Config {
  readonly port: number;
  /** Address to listen on; undefined: all. */
  readonly hostname: string | undefined;
  /** Path under which people reach the site, without a slash at its end: `/nightscout`; empty: the top of its host. */
  readonly basePath: string;
  /** Folder for the database file, the generated secret and keys. */
  readonly dataDir: string;
  /** Plain API secret (trimmed, at least 12 characters); undefined: one is generated into dataDir at first start. */
  readonly apiSecret: string | undefined;
  /** JWT signing key; undefined: one is generated into dataDir. */
  readonly jwtSecret: string | undefined;
  /** Present when a MongoDB URI is set; then the store is MongoDB, else SQLite in dataDir. */
  readonly mongo:
    | {
        readonly uri: string;
        readonly collections: Readonly<Record<StoreName, string>>;
        readonly poolSize: number;
        readonly minPoolSize: number;
        readonly maxIdleTimeMs: number;
      }
    | undefined;
  /** Where writes wait while MongoDB is away; `folder` undefined: they are refused. */
  readonly journal: { readonly folder: string | undefined; readonly maxBytes: number };
  /** Present when several processes serve this site together; then `mongo` and `apiSecret` are present too. */
  readonly redisUrl: string | undefined;
  /** Start of every name in Redis; undefined without `redisUrl`. */
  readonly redisPrefix: string | undefined;
  readonly tls: { readonly keyFile: string; readonly certFile: string; readonly caFile: string | undefined } | undefined;
  readonly insecureUseHttp: boolean;
  readonly hsts: { readonly enabled: boolean; readonly includeSubdomains: boolean; readonly preload: boolean };
  readonly csp: { readonly enabled: boolean; readonly reportOnly: boolean };
  /** Who may frame the pages, as `frame-ancestors` spells it. */
  readonly frameAncestors: readonly string[];
  /** `auto`: one hop when the peer is a private or loopback address; a number of hops; a list of addresses or CIDRs; or none. */
  readonly trustProxy: 'auto' | 'none' | number | readonly string[];
  readonly cors: { readonly enabled: boolean; readonly allowOrigin: string };
  readonly authDefaultRoles: readonly string[];
  /** Penalty per failed login and address. */
  readonly authFailDelayMs: number;
  readonly uuidHandling: boolean;
  /** Longest prediction array kept in device statuses uploaded over v1; 0: no cut. */
  readonly predictionsMaxSize: number;
  readonly deNormalizeDates: boolean;
  /** Replaces `device` of entries in answers; empty: off. */
  readonly obscureDeviceProvenance: string;
  /** Ceiling of `count` on v1. */
  readonly apiMaxCount: number;
  readonly api3: {
    readonly securityEnable: boolean;
    readonly dedupFallbackEnabled: boolean;
    readonly createdAtFallbackEnabled: boolean;
    readonly maxLimit: number;
    /** Days to keep, per collection, after which a v3 write prunes. */
    readonly autoprune: Readonly<Partial<Record<StoreName, number>>>;
  };
  readonly housekeeping: {
    /** Days to keep, per collection; absent: forever. */
    readonly keepDays: Readonly<Partial<Record<CollectionName, number>>>;
    /** Days after which predicted curves leave device statuses; undefined: never. */
    readonly predictionsDays: number | undefined;
    readonly tombstoneDays: number;
    /** Bytes above which device statuses are thinned; undefined: never. */
    readonly budget: number | undefined;
  };
  readonly backup: {
    /** Time between backups of the server itself, ms; undefined: none. */
    readonly everyMs: number | undefined;
    /** How many are kept. */
    readonly keep: number;
    readonly dir: string;
  };
  /** Free bytes on the disk of the data folder below which administrators are told; 0: never. */
  readonly diskWarnBytes: number;
  /** Root socket writes: how many at once, and how many per second after that. */
  readonly socketWrites: { readonly burst: number; readonly perSecond: number };
  /** Bounds of what one client, and everybody together, may use; 0: no bound. Rates are per minute. */
  readonly limits: {
    readonly wrongCredentials: number;
    readonly searches: number;
    readonly largeAnswers: number;
    readonly connectionsPerClient: number;
    readonly connections: number;
    readonly socketsPerClient: number;
    readonly sockets: number;
  };
  readonly heartbeatMs: number;
  /** Hours of device statuses kept live (24, or 48 with DEVICESTATUS_DAYS=2). */
  readonly devicestatusHours: number;
  readonly ops: {
    /** Who may read /metrics: everybody (`on`), administrators and holders of the token (`private`), nobody (`off`). */
    readonly metrics: 'private' | 'on' | 'off';
    readonly metricsToken: string | undefined;
    /** Database operations that take longer are logged, ms; 0: none. */
    readonly slowQueryMs: number;
  };
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  readonly settings: Settings;
  readonly extendedSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly integrations: IntegrationSettings;
  /** Sentences about values that were set but are not understood; shown at start. */
  readonly warnings: readonly string[];
}
