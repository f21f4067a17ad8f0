import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHash } from '../../src/backup/content-hash.ts';
import { runCli } from '../../src/cli/cli.ts';
import type { Counts } from '../../src/move/counts.ts';
import { MOVE_NAMES } from '../../src/move/names.ts';
import { newObjectId } from '../../src/storage/object-id.ts';
import type { CollectionName, Doc, Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { API_SECRET } from '../support/start-server.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export type Docs = Partial<Record<CollectionName | 'subjects' | 'roles', Doc[]>>;

/** Folders of a suite; `clear` removes them. */
export function folders(): { make(): string; clear(): void } {
  const made: string[] = [];
  return {
    make() {
      const folder = mkdtempSync(join(tmpdir(), 'vigil-move-'));
      made.push(folder);
      return folder;
    },
    clear() {
      for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** What `--json` of an import says. */
export interface ImportResult {
  readonly totals: Record<string, ReturnType<Counts['of']>>;
  readonly days: Record<string, Record<string, Record<string, number>>>;
  readonly refused: { collection: string; document: string; reason: string }[];
  readonly notes: string[];
  readonly dryRun: boolean;
}

/** Runs a command in this process. */
export async function vigil(
  args: readonly string[],
  env: Record<string, string | undefined>
): Promise<{ code: number; out: string; err: string; result: ImportResult }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    env: { API_SECRET, HOSTNAME: '127.0.0.1', INSECURE_USE_HTTP: 'true', ...env },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    now: Date.now
  });
  const text = out.join('\n');
  return { code, out: text, err: err.join('\n'), result: text.startsWith('{') ? JSON.parse(text) : ({} as ImportResult) };
}

/** `new` of each collection, and nothing else. */
export const allNew = (result: ImportResult): Record<string, number> =>
  Object.fromEntries(
    Object.entries(result.totals).flatMap(([name, count]) => (Object.values(count).some((n) => n > 0) ? [[name, count.new]] : []))
  );

/** A database file with these documents, as they are. */
export async function fill(dataDir: string, docs: Docs): Promise<void> {
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db') });
  await put(storage, docs);
  await storage.close();
}

export async function put(storage: Storage, docs: Docs): Promise<void> {
  for (const [name, list] of Object.entries(docs))
    await storage.apply(
      list.map((doc) => ({ op: 'insert' as const, collection: name as CollectionName, doc: doc as Doc & { _id: string } }))
    );
}

/** Everything a database file holds, by collection. */
export async function contents(dataDir: string): Promise<Record<string, Doc[]>> {
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db') });
  const found: Record<string, Doc[]> = {};
  for (const name of MOVE_NAMES) {
    found[name] = [];
    for await (const batch of storage.find(name, { filter: {} })) found[name].push(...batch.map(({ doc }) => doc));
  }
  await storage.close();
  return found;
}

/** Documents in the order of their ids, to be compared at once. */
export const inOrder = (docs: readonly Doc[] | undefined, nameOf: (doc: Doc) => unknown = ({ _id }) => _id): Doc[] =>
  [...(docs ?? [])].sort((a, b) => (String(nameOf(a)) < String(nameOf(b)) ? -1 : 1));

/** As v3 shows documents: by identifier, and those that have one without the `_id`. */
export function overV3(docs: readonly Doc[] | undefined): Doc[] {
  const nameOf = ({ identifier, _id }: Doc): unknown => identifier ?? _id;
  return inOrder(docs, nameOf).map(({ _id, ...doc }) => (doc.identifier === undefined ? { _id: _id!, ...doc } : doc));
}

/** The content hash of what can be moved. */
export async function hashOf(dataDir: string): Promise<string> {
  const storage = createSqliteStorage({ file: join(dataDir, 'vigil.db') });
  const { hash } = await contentHash(storage, MOVE_NAMES);
  await storage.close();
  return hash;
}

/** The same number for the same text. */
const chance = (text: string): number => createHash('sha1').update(text).digest().readUInt32BE() / 2 ** 32;

const iso = (ms: number): string => new Date(ms).toISOString();
/** Hexadecimal digits as an ObjectId of that time has them, the same each time. */
export const idAt = (ms: number, n: number): string =>
  Math.floor(ms / 1000)
    .toString(16)
    .padStart(8, '0') + n.toString(16).padStart(16, '0');

/**
 * A bit of everything, as a site that has run for some days holds it: over v1 and v3, with several documents of one ms, without
 * dates, deleted ones, and what the apps write.
 * @param end epoch ms of the latest
 */
export function siteDocs(end: number, days: number): Docs {
  const docs: Required<Pick<Docs, 'entries' | 'treatments' | 'devicestatus'>> & Docs = {
    entries: [],
    treatments: [],
    devicestatus: [],
    profile: [],
    food: [],
    activity: [],
    settings: []
  };
  let n = 0;
  const seal = (doc: Doc, at: number): Doc => ({ _id: idAt(at, n++), ...doc, srvModified: at + n, srvCreated: at + n });
  for (let at = end - days * DAY; at <= end; at += 15 * 60_000) {
    docs.entries.push(
      seal(
        {
          type: 'sgv',
          sgv: 80 + Math.round(chance(iso(at)) * 150),
          date: at,
          dateString: iso(at),
          sysTime: iso(at),
          utcOffset: 120,
          device: 'xDrip-DexcomG6'
        },
        at
      )
    );
    if (n % 3 === 0)
      docs.devicestatus.push(
        seal({ device: 'openaps://rig', created_at: iso(at), pump: { reservoir: 100.5 }, uploaderBattery: 55 }, at)
      );
    if (n % 5 === 0)
      docs.treatments.push(
        seal(
          {
            eventType: 'Correction Bolus',
            created_at: iso(at),
            insulin: 0.35,
            enteredBy: 'loop://iPhone',
            syncIdentifier: `s${at}`,
            notes: 'I <3 you & 5 > 3'
          },
          at
        )
      );
    if (n % 7 === 0)
      docs.treatments.push(
        seal(
          {
            identifier: `aaps-${at}`,
            app: 'AAPS',
            date: at,
            created_at: iso(at),
            utcOffset: 60,
            eventType: 'Temp Basal',
            duration: 30,
            durationInMilliseconds: 1_800_000,
            rate: 0,
            isValid: n % 14 !== 0
          },
          at
        )
      );
  }
  // one ms and kind, over v1 and over v3: two documents
  const twin = docs.treatments.find(({ app }) => app === 'AAPS')!;
  docs.treatments.push(seal({ eventType: twin.eventType, created_at: twin.created_at, duration: 10, absolute: 2 }, end));
  docs.treatments.push(
    seal(
      { identifier: 'aaps-later', app: 'AAPS', date: end - 5, created_at: iso(end - 5), eventType: 'Note', utcOffset: 0 },
      end - 5
    ),
    seal({ eventType: 'Note', created_at: iso(end - 5), notes: 'the other one' }, end - 4)
  );
  // one ms, two documents
  docs.devicestatus.push(seal({ device: 'loop://iPhone', created_at: iso(end), loop: { iob: { iob: 1.25 } } }, end));
  // a doubled upload of the reference: same time, same device, another document
  docs.devicestatus.push(seal({ device: 'loop://iPhone', created_at: iso(end), loop: { iob: { iob: 1.5 } } }, end));
  docs.entries.push(seal({ type: 'mbg', mbg: 101, date: end }, end));
  docs.entries.push(seal({ type: 'sgv', sgv: 99, dateString: iso(end - HOUR), note: 'has no date' }, end));
  docs.treatments.push(seal({ eventType: 'Note', notes: 'has no time' }, end - 1));
  docs.treatments.push(seal({ eventType: '<none>', created_at: iso(end - 3), carbs: 5, notes: 'a<b' }, end - 3));
  docs.treatments.push(seal({ eventType: 'Note', created_at: '2024-05-01T10:00:00+02:00', notes: 'another spelling' }, end - 2));
  docs.profile!.push(
    seal(
      {
        defaultProfile: 'Default',
        startDate: iso(end - days * DAY),
        created_at: iso(end),
        store: { Default: { basal: [{ time: '00:00', value: 0.5 }] } }
      },
      end
    )
  );
  docs.food!.push(
    seal({ type: 'food', name: 'apple', carbs: 12, created_at: iso(end) }, end),
    seal({ type: 'food', name: 'pear', carbs: 14, created_at: iso(end) }, end)
  );
  docs.activity!.push(seal({ type: 'hr-bpm', bpm: 61, created_at: iso(end - HOUR), app: 'xDrip+' }, end));
  docs.settings!.push(seal({ identifier: 'app-settings', app: 'x', date: end, color: 'blue' }, end));
  docs.roles = [{ _id: newObjectId(end), name: 'school', permissions: ['*:*:read'], created_at: iso(end) }];
  docs.subjects = [{ _id: newObjectId(end), name: 'phone', roles: ['readable'], created_at: iso(end) }];
  return docs;
}
