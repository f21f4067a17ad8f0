import { isIP } from 'node:net';
import { hostname as machineName } from 'node:os';
import { join } from 'node:path';
import type { StoreName } from '../storage/port.ts';
import { basePathOf } from './base-path.ts';
import type { Config } from './config.ts';
import { type Env, readEnvironment } from './environment.ts';
import { readExtendedSettings } from './extended-settings.ts';
import { featureWords } from './features.ts';
import { readAnyway, readIntegrations } from './integrations.ts';
import { type Reading, readVariables, type Values } from './read-variables.ts';
import { readSettings } from './settings.ts';
import { defaultRedisPrefix, siteKey } from './site-keys.ts';
import { unknownNameWarnings } from './unknown-names.ts';

/** The database file is the only copy of what apps have deleted on their side: a daily backup unless somebody says otherwise. */
const DAY_MS = 86_400_000;

/** The environment cannot be served; each sentence names a variable, what is wrong with it and what is allowed. Holds no secret. */
export class ConfigError extends Error {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[]) {
    super(sentences.join(' '));
    this.name = 'ConfigError';
    this.sentences = sentences;
  }
}

/**
 * Reads everything the environment says, Nightscout's names and aliases included, so that an existing site starts unchanged.
 * What the reference tolerates is tolerated, and named in `warnings`.
 * @param machine name of this computer: shells and containers put it into HOSTNAME
 * @throws ConfigError listing every value with which the server cannot work
 */
export function readConfig(env: Env, machine = machineName()): Config {
  const environment = readEnvironment(env);
  const reading = readVariables(environment);
  const { values, warnings, problems } = reading;
  const settings = readSettings(reading, environment.lookup('PUSHOVER_API_TOKEN') !== undefined);
  const extendedSettings = readExtendedSettings(environment, settings.enable);
  const disable = disabledWords(values);
  const integrations = readIntegrations(environment, values, settings, disable, warnings);
  const heartbeatMs = heartbeat(reading);
  const base = basePathOf(String(settings.baseURL ?? ''));
  if (base.warning) warnings.push(base.warning);
  if (reading.given.has('IMPORT_CONFIG'))
    warnings.push(
      'IMPORT_CONFIG is not read by this server: settings that come from there, alarm thresholds included, do not apply. Put them into the environment.'
    );
  if ((values.SSL_KEY === undefined) !== (values.SSL_CERT === undefined))
    warnings.push('SSL_KEY and SSL_CERT only work together; with one of them missing the server speaks plain http.');
  warnings.push(...unknownNameWarnings(environment, settings.enable, readAnyway(disable)));
  problems.push(...redisProblems(values));
  if (problems.length > 0) throw new ConfigError(problems);

  const delay = values.AUTH_FAIL_DELAY;
  return {
    port: values.PORT,
    hostname: listenAddress(values.HOSTNAME, environment.lookup('HOST')?.text, machine),
    basePath: base.path,
    dataDir: values.DATA_DIR,
    apiSecret: values.API_SECRET,
    // a token of one process must be good at the others, whose folders hold other keys
    jwtSecret: values.JWT_SECRET ?? (values.REDIS_URL && values.API_SECRET ? siteKey(values.API_SECRET, 'jwt', 64) : undefined),
    mongo: mongo(values),
    journal: { folder: journalFolder(values), maxBytes: values.JOURNAL_MAX_MB * 1_048_576 },
    redisUrl: values.REDIS_URL,
    redisPrefix: redisPrefix(values),
    tls:
      values.SSL_KEY && values.SSL_CERT
        ? { keyFile: values.SSL_KEY, certFile: values.SSL_CERT, caFile: values.SSL_CA }
        : undefined,
    insecureUseHttp: values.INSECURE_USE_HTTP,
    hsts: {
      enabled: values.SECURE_HSTS_HEADER,
      includeSubdomains: values.SECURE_HSTS_HEADER_INCLUDESUBDOMAINS,
      preload: values.SECURE_HSTS_HEADER_PRELOAD
    },
    csp: { enabled: values.SECURE_CSP, reportOnly: values.SECURE_CSP_REPORT_ONLY },
    frameAncestors: values.FRAME_ANCESTORS,
    trustProxy: values.TRUST_PROXY,
    cors: { enabled: settings.enable.includes('cors'), allowOrigin: String(extendedSettings.cors?.allowOrigin || '*') },
    authDefaultRoles: String(settings.authDefaultRoles)
      .split(/[\s,:]+/)
      .filter(Boolean),
    authFailDelayMs: typeof delay === 'number' ? delay : 5000,
    uuidHandling: values.UUID_HANDLING,
    predictionsMaxSize: values.PREDICTIONS_MAX_SIZE,
    deNormalizeDates: Boolean(values.DE_NORMALIZE_DATES),
    obscureDeviceProvenance: values.OBSCURE_DEVICE_PROVENANCE,
    apiMaxCount: values.API_MAX_COUNT,
    api3: {
      securityEnable: values.API3_SECURITY_ENABLE,
      dedupFallbackEnabled: values.API3_DEDUP_FALLBACK_ENABLED,
      createdAtFallbackEnabled: values.API3_CREATED_AT_FALLBACK_ENABLED,
      maxLimit: values.API3_MAX_LIMIT,
      autoprune: autoprune(values)
    },
    housekeeping: housekeeping(values),
    backup: {
      everyMs: (values.BACKUP_EVERY ?? (values.STORAGE_URI === undefined ? DAY_MS : 0)) || undefined,
      keep: values.BACKUP_KEEP,
      dir: values.BACKUP_DIR ?? join(values.DATA_DIR, 'backups')
    },
    diskWarnBytes: values.DISK_WARN_MB * 1024 * 1024,
    socketWrites: { burst: values.SOCKET_WRITE_BURST, perSecond: values.SOCKET_WRITE_RATE },
    limits: {
      wrongCredentials: values.RATE_LIMIT_WRONG_CREDENTIALS,
      searches: values.RATE_LIMIT_SEARCHES,
      largeAnswers: values.RATE_LIMIT_LARGE_ANSWERS,
      connectionsPerClient: values.CONNECTIONS_PER_CLIENT,
      connections: values.MAX_CONNECTIONS,
      socketsPerClient: values.SOCKETS_PER_CLIENT,
      sockets: values.MAX_SOCKETS
    },
    heartbeatMs,
    devicestatusHours: extendedSettings.devicestatus?.days === 2 ? 48 : 24,
    ops: { metrics: values.METRICS, metricsToken: values.METRICS_TOKEN, slowQueryMs: values.SLOW_QUERY_MS },
    logLevel: values.LOG_LEVEL,
    settings,
    extendedSettings,
    integrations,
    warnings
  };
}

/** HOSTNAME, else HOST; the machine's own name is what shells and containers set, not a wish. */
function listenAddress(hostname: string | undefined, host: string | undefined, machine: string): string | undefined {
  return [hostname, host].find(
    (name) => name !== undefined && (isIP(name) > 0 || name === 'localhost' || name.toLowerCase() !== machine.toLowerCase())
  );
}

/** Words of DISABLE; unreadable ones are among the problems already. */
function disabledWords({ DISABLE }: Values): string[] {
  try {
    return featureWords(DISABLE);
  } catch {
    return [];
  }
}

function mongo(values: Values): Config['mongo'] {
  if (values.STORAGE_URI === undefined) return undefined;
  const prefix = values.MONGO_AUTHENTICATION_COLLECTIONS_PREFIX;
  const collections: Record<StoreName, string> = {
    entries: values.ENTRIES_COLLECTION,
    treatments: values.MONGO_TREATMENTS_COLLECTION,
    devicestatus: values.MONGO_DEVICESTATUS_COLLECTION,
    profile: values.MONGO_PROFILE_COLLECTION,
    food: values.MONGO_FOOD_COLLECTION,
    activity: values.MONGO_ACTIVITY_COLLECTION,
    settings: values.MONGO_SETTINGS_COLLECTION,
    subjects: `${prefix}subjects`,
    roles: `${prefix}roles`,
    tombstones: 'vigil_tombstones',
    state: 'vigil_state'
  };
  return {
    uri: values.STORAGE_URI,
    collections,
    poolSize: values.MONGO_POOL_SIZE,
    minPoolSize: values.MONGO_MIN_POOL_SIZE,
    maxIdleTimeMs: values.MONGO_MAX_IDLE_TIME_MS
  };
}

function housekeeping(values: Values): Config['housekeeping'] {
  const days = {
    entries: values.ENTRIES_KEEP_DAYS,
    treatments: values.TREATMENTS_KEEP_DAYS,
    devicestatus: values.DEVICESTATUS_KEEP_DAYS,
    activity: values.ACTIVITY_KEEP_DAYS
  };
  return {
    keepDays: Object.fromEntries(Object.entries(days).filter(([, value]) => value !== undefined)),
    predictionsDays: values.PREDICTIONS_KEEP_DAYS,
    tombstoneDays: values.DELETED_KEEP_DAYS,
    budget: values.STORAGE_BUDGET_MB === undefined ? undefined : values.STORAGE_BUDGET_MB * 1024 * 1024
  };
}

/** Processes can only be one site when they share database and secret. */
function redisProblems({ REDIS_URL, STORAGE_URI, API_SECRET }: Values): string[] {
  if (REDIS_URL === undefined) return [];
  return [
    ...(STORAGE_URI === undefined
      ? [
          'REDIS_URL lets several processes serve one site, for which they need one MongoDB: set STORAGE_URI, or remove REDIS_URL.'
        ]
      : []),
    ...(API_SECRET === undefined ? ['REDIS_URL needs API_SECRET: all processes of a site must know the same one.'] : [])
  ];
}

function redisPrefix(values: Values): string | undefined {
  const found = mongo(values);
  if (values.REDIS_URL === undefined || values.API_SECRET === undefined || !found) return undefined;
  return values.REDIS_PREFIX || defaultRedisPrefix(values.API_SECRET, found);
}

function journalFolder({ JOURNAL_DIR, DATA_DIR }: Values): string | undefined {
  if (JOURNAL_DIR === undefined) return join(DATA_DIR, 'journal');
  return JOURNAL_DIR.toLowerCase() === 'off' ? undefined : JOURNAL_DIR;
}

function autoprune(values: Values): Config['api3']['autoprune'] {
  const days = {
    devicestatus: values.API3_AUTOPRUNE_DEVICESTATUS,
    entries: values.API3_AUTOPRUNE_ENTRIES,
    food: values.API3_AUTOPRUNE_FOOD,
    profile: values.API3_AUTOPRUNE_PROFILE,
    settings: values.API3_AUTOPRUNE_SETTINGS,
    treatments: values.API3_AUTOPRUNE_TREATMENTS
  };
  return Object.fromEntries(Object.entries(days).filter(([, value]) => value !== undefined));
}

/** HEARTBEAT is text among the settings; the clock needs a number of seconds above zero. */
function heartbeat({ given, warnings, problems }: Reading): number {
  const text = given.get('HEARTBEAT');
  const seconds = text === undefined ? 60 : Number(text.replace(',', '.'));
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000;
  if (seconds < 0) problems.push(`HEARTBEAT="${text}" must be a number of seconds above 0.`);
  else warnings.push(`HEARTBEAT="${text}" must be a number of seconds from 1 to 86400. 60 seconds are used.`);
  return 60_000;
}
