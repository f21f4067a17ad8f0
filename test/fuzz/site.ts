import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Committed } from '../../src/bus/events.ts';
import { remove } from '../../src/collections/mutations.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createServer, type Server } from '../../src/server.ts';
import { COLLECTIONS, type CollectionName } from '../../src/storage/port.ts';

const SECRET = 'a-secret-for-fuzzing-1';

/** Everything on, and no limits: what is slowed down is not tested. */
const SETTINGS = {
  HOSTNAME: '127.0.0.1',
  API_SECRET: SECRET,
  INSECURE_USE_HTTP: 'true',
  AUTH_FAIL_DELAY: '0',
  AUTH_DEFAULT_ROLES: 'readable',
  RATE_LIMIT_WRONG_CREDENTIALS: '0',
  RATE_LIMIT_SEARCHES: '0',
  RATE_LIMIT_LARGE_ANSWERS: '0',
  CONNECTIONS_PER_CLIENT: '0',
  MAX_CONNECTIONS: '0',
  ENABLE:
    'careportal alexa googlehome cors basal iob cob bwp cage sage iage bage rawbg upbat pump openaps loop xdripjs override dbsize runtimestate speech treatmentnotify ar2 simplealarms errorcodes timeago profile delta direction bgnow boluscalc food',
  SECURE_CSP: 'true',
  SOCKET_WRITE_BURST: '1000000',
  SOCKET_WRITE_RATE: '1000000'
};

/** A server that is fuzzed, and what can be seen of it from inside. */
export interface Site {
  readonly server: Server;
  /** Errors it logged, as text; a fuzzed server logs none. */
  readonly errors: string[];
  /** What was committed since the last look; looking forgets. */
  committed(): Committed[];
  /** Resolves when everything is stored that is on its way. */
  settle(): Promise<void>;
  /** Puts values in place of `{{…}}`. */
  fill(text: string): string;
  readonly clock: { now: number };
  /** Removes all documents, so that a long run tells about memory, not about data. */
  purge(): Promise<void>;
  /** Makes sure that the callers fuzzing stands on are still there, and have fresh tokens. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param mongoUri a database of its own; absent: SQLite
 * @param start where its clock stands at first, epoch ms
 */
export async function openSite(start: number, mongoUri?: string): Promise<Site> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-fuzz-'));
  const clock = { now: start };
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(line.slice(0, 2000)) });
  const config = readConfig({ ...SETTINGS, DATA_DIR: dataDir, ...(mongoUri && { MONGODB_URI: mongoUri }) });
  const server = await createServer({ ...config, port: 0 }, { log, now: () => clock.now });
  const { bus, storage, commit, access } = server.services;
  let heard: Committed[] = [];
  let pool: { id: string; identifier: string }[] = [];
  bus.subscribe('committed', 'fuzz', (events) => {
    heard.push(...events);
    for (const { op, doc } of events)
      if (op === 'create')
        pool.unshift({ id: doc._id, identifier: typeof doc.identifier === 'string' ? doc.identifier : doc._id });
    pool = pool.slice(0, 10);
  });
  const filled: Record<string, string> = { secret: createHash('sha1').update(SECRET).digest('hex') };

  async function renew(): Promise<void> {
    const { subjects, roles } = access.admin;
    for (const { _id, name } of subjects.list()) if (!KEEP.has(name)) await subjects.remove(_id);
    for (const { _id, name } of roles.list()) if (_id && !KEEP.has(String(name))) await roles.remove(_id);
    for (const [name, role] of [
      ['admin', 'admin'],
      ['reader', 'readable']
    ] as const) {
      if (!subjects.list().some((one) => one.name === `fuzz ${name}`))
        await subjects.create({ name: `fuzz ${name}`, roles: [role] });
      const token = subjects.list().find((one) => one.name === `fuzz ${name}`)!.accessToken;
      filled[`token:${name}`] = token;
      filled[`jwt:${name}`] = access.grantFor(token)!.token;
    }
  }

  async function purge(): Promise<void> {
    for (const collection of COLLECTIONS) {
      const ids: string[] = [];
      for await (const batch of storage.find(collection, { filter: {} })) ids.push(...batch.map(({ doc }) => doc._id!));
      for (let at = 0; at < ids.length; at += 500)
        await commit(
          collection as CollectionName,
          'server',
          ids.slice(at, at + 500).map((id) => remove(id))
        );
    }
    heard = [];
    pool = [];
  }

  await access.ready();
  await renew();
  return {
    server,
    errors,
    clock,
    settle: async () => {
      await Promise.all(COLLECTIONS.map((name) => commit(name, 'server', [{ lookups: [], decide: () => ({ do: 'nothing' }) }])));
    },
    committed: () => heard.splice(0),
    fill: (text) =>
      text.replace(/\{\{([a-z]+)(?::(\w+))?\}\}/g, (whole, name: string, which: string | undefined) => {
        if (name === 'id' || name === 'identifier')
          return pool[Number(which) % Math.max(1, pool.length)]?.[name] ?? 'f'.repeat(24);
        if (name === 'etag') return 'W/"etag"';
        return filled[which ? `${name}:${which}` : name] ?? whole;
      }),
    purge,
    renew,
    close: async () => {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
}

const KEEP = new Set(['fuzz admin', 'fuzz reader']);
