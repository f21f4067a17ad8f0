import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHash } from '../../src/backup/content-hash.ts';
import { MOVE_NAMES } from '../../src/move/names.ts';
import { newObjectId } from '../../src/storage/object-id.ts';
import type { Change, Doc } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { loopYear } from '../bench/year.ts';
import { mongodBinary, OwnMongod } from '../support/mongo.ts';
import { BUILD, freePort, PROCESS_SECRET, startProcess } from '../support/process.ts';

// a year of mixed data through every way of moving it: node --import tsx test/move/year.ts [days]

const DAY = 86_400_000;
const days = Number(process.argv[2] ?? 365);
const root = mkdtempSync(join(tmpdir(), 'vigil-year-'));
const folder = (name: string): string => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** What other apps leave beside Loop: AAPS over v3 with identifiers, xDrip+ with UUIDs, heart rates. */
function* others(from: number): Generator<{ collection: 'entries' | 'treatments' | 'activity'; doc: Doc & { _id: string } }> {
  for (let at = from; at < from + days * DAY; at += 900_000) {
    const iso = new Date(at).toISOString();
    const sealed = { srvModified: at, srvCreated: at };
    const n = (at - from) / 900_000;
    if (n % 2 === 0)
      yield {
        collection: 'treatments',
        doc: {
          _id: newObjectId(at),
          identifier: `a5b0c000-0000-5000-8000-${String(n).padStart(12, '0')}`,
          app: 'AAPS',
          date: at,
          created_at: iso,
          utcOffset: 120,
          eventType: 'Temp Basal',
          duration: 30,
          durationInMilliseconds: 1_800_000,
          rate: 0.75,
          absolute: 0.75,
          isValid: n % 50 !== 0,
          pumpId: at,
          pumpType: 'OMNIPOD_DASH',
          pumpSerial: '1F0A',
          ...sealed
        }
      };
    if (n % 8 === 0)
      yield {
        collection: 'treatments',
        doc: {
          _id: newObjectId(at),
          uuid: `c0ffee00-0000-4000-8000-${String(n).padStart(12, '0')}`,
          enteredBy: 'xdrip',
          eventType: '<none>',
          created_at: new Date(at + 1).toISOString(),
          insulin: 1.5,
          carbs: 20,
          notes: 'a<b & c',
          utcOffset: 60,
          ...sealed
        }
      };
    yield {
      collection: 'activity',
      doc: { _id: newObjectId(at), type: 'hr-bpm', bpm: 60 + (n % 40), created_at: iso, app: 'xDrip+', ...sealed }
    };
  }
}

async function seed(dataDir: string): Promise<void> {
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db'), quality: 5 });
  let changes: Change[] = [];
  // an import takes no time over that lies ahead of the clock
  const from = Date.now() - days * DAY - 3_600_000;
  const flush = async (): Promise<void> => void (await storage.apply(changes.splice(0)));
  for (const source of [loopYear(from, days), others(from)])
    for (const { collection, doc } of source) {
      changes.push({ op: 'insert', collection, doc });
      if (changes.length >= 2000) await flush();
    }
  await flush();
  changes = [];
  await storage.compact();
  storage.vacuum();
  await storage.close();
}

async function hashOf(dataDir: string): Promise<string> {
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db') });
  const { hash, collections } = await contentHash(
    storage,
    MOVE_NAMES.filter((name) => name !== 'subjects')
  );
  await storage.close();
  return `${hash.slice(0, 16)} ${Object.entries(collections)
    .map(([name, { count }]) => `${name} ${count}`)
    .join(' ')}`;
}

interface Ran {
  readonly seconds: number;
  readonly peakMb: number;
  readonly out: string;
  readonly code: number | null;
}

function vigil(args: readonly string[], env: Record<string, string>, killAfterMs?: number): Promise<Ran> {
  const began = performance.now();
  const child = spawn(process.execPath, ['dist/main.js', ...args], {
    env: { PATH: process.env.PATH, API_SECRET: PROCESS_SECRET, HOSTNAME: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let out = '';
  let last = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    last = String(text).trim();
  });
  let peakMb = 0;
  const poll = setInterval(() => {
    try {
      peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024) || peakMb;
    } catch {
      // it has ended
    }
  }, 100);
  const killing = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) =>
    child.once('close', (code) => {
      clearInterval(poll);
      clearTimeout(killing);
      if (code !== 0) console.log(`    ${args[0]} ended with ${code}: ${last}`);
      resolve({ seconds: (performance.now() - began) / 1000, peakMb, out, code });
    })
  );
}

const say = (what: string, { seconds, peakMb, out }: Ran): void => {
  const { totals, hash, notes } = JSON.parse(out || '{}') as {
    totals?: Record<string, Record<string, number>>;
    hash?: string;
    notes?: string[];
  };
  const sum = Object.values(totals ?? {}).reduce((all, count) => all + Object.values(count).reduce((a, b) => a + b, 0), 0);
  console.log(
    `${what}: ${seconds.toFixed(1)} s, peak ${peakMb} MB${sum > 0 ? `, ${sum} documents, ${Math.round(sum / seconds)}/s` : ''}${hash ? `, hash ${hash.slice(0, 16)}` : ''}`
  );
  for (const note of notes ?? []) console.log(`    ${note}`);
};
const mb = (file: string): string => `${(statSync(file).size / 1e6).toFixed(0)} MB`;

const [source, a, b, c] = ['source', 'v3', 'v1', 'killed'].map(folder) as [string, string, string, string];
console.log(`seeding ${days} days`);
await seed(source);
console.log(`source ${mb(join(source, 'vigil.db'))}: ${await hashOf(source)}`);
const server = await startProcess(BUILD, source);
const mongod = new OwnMongod((await mongodBinary())!, await freePort());
try {
  const subject = await fetch(`${server.url}/api/v2/authorization/subjects`, {
    method: 'POST',
    headers: { 'api-secret': createHash('sha1').update(PROCESS_SECRET).digest('hex'), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'mover', roles: ['admin'] })
  });
  if (!subject.ok) throw new Error(`no subject: ${subject.status}`);
  const [{ accessToken }] = (await (
    await fetch(`${server.url}/api/v2/authorization/subjects`, {
      headers: { 'api-secret': createHash('sha1').update(PROCESS_SECRET).digest('hex') }
    })
  ).json()) as [{ accessToken: string }];
  say('live v3 → SQLite', await vigil(['import', server.url, '--token', accessToken, '--json'], { DATA_DIR: a }));
  console.log(`  ${await hashOf(a)}; ${mb(join(a, 'vigil.db'))}; server ${server.rss()} MB`);
  const v1 = await vigil(['import', server.url, '--secret', PROCESS_SECRET, '--json'], { DATA_DIR: b });
  say('live v1 → SQLite', v1);
  console.log(`  ${await hashOf(b)}; ${mb(join(b, 'vigil.db'))}; server ${server.rss()} MB`);
  for (const part of [0.2, 0.5])
    await vigil(['import', server.url, '--secret', PROCESS_SECRET], { DATA_DIR: c }, v1.seconds * 1000 * part);
  say(
    'killed twice (kill -9), then completed',
    await vigil(['import', server.url, '--secret', PROCESS_SECRET, '--json'], { DATA_DIR: c })
  );
  console.log(`  ${await hashOf(c)}`);
  await mongod.start();
  const mongo = { DATA_DIR: folder('mongo'), MONGODB_URI: `mongodb://127.0.0.1:${mongod.port}/year`, JOURNAL_DIR: 'off' };
  say('export of SQLite', await vigil(['export', join(root, 'first'), '--json'], { DATA_DIR: b }));
  say('import of it → MongoDB', await vigil(['import', join(root, 'first'), '--json'], mongo));
  say('export of MongoDB', await vigil(['export', join(root, 'second'), '--json'], mongo));
  say('MongoDB → SQLite', await vigil(['import', mongo.MONGODB_URI, '--json'], { DATA_DIR: folder('last') }));
  console.log(`  ${await hashOf(folder('last'))}`);
  say('the same again', await vigil(['import', mongo.MONGODB_URI, '--json'], { DATA_DIR: folder('last') }));
} finally {
  await server.stop();
  await mongod.dispose();
  rmSync(root, { recursive: true, force: true });
}
