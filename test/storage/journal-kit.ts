import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Refusal } from '../../src/errors.ts';
import { createJournaledStorage } from '../../src/storage/journal/journal.ts';
import type { Doc, Storage } from '../../src/storage/port.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { insert } from '../contract/store-bench.ts';

const AWAY = (): Refusal => new Refusal('storage-away', 'The database does not answer', 5);

/** A database that goes away and comes back when the test says so; what it is asked meanwhile fails at once. */
interface Database {
  /** What is really stored. */
  readonly inner: Storage;
  /** Every batch of changes that reached it, as `op:_id`. */
  readonly reached: string[];
  go(): void;
  comeBack(): void;
  /** Looked at before each write; may throw. */
  onWrite: ((id: string) => void) | undefined;
}

export interface JournalKit {
  readonly storage: Storage;
  readonly database: Database;
  readonly folder: string;
  readonly heard: (string | undefined)[];
  /** Resolves when the copy is complete. */
  copied(): Promise<void>;
  /** Ends without any farewell and starts again on the same folder and database. */
  restart(): Promise<JournalKit>;
  close(): Promise<void>;
}

/** The journal before a database in a file, which can be made to go away. @param entries stored there already */
export async function createJournalKit(
  options: { maxBytes?: number; away?: boolean } = {},
  entries: readonly Doc[] = [],
  earlier?: { folder: string; inner: Storage }
): Promise<JournalKit> {
  const folder = earlier?.folder ?? mkdtempSync(join(tmpdir(), 'vigil-journal-'));
  const inner = earlier?.inner ?? createSqliteStorage({ file: join(folder, 'database.db') });
  if (entries.length > 0) await inner.apply(entries.map((doc) => insert('entries', doc)));
  let away = options.away ?? false;
  let onReach: (reachable: boolean) => void = () => {};
  const reached: string[] = [];
  const heard: (string | undefined)[] = [];
  const database: Database = {
    inner,
    reached,
    onWrite: undefined,
    go: () => {
      away = true;
      onReach(false);
    },
    comeBack: () => {
      away = false;
      onReach(true);
    }
  };
  const ask = <T>(answer: () => Promise<T>): Promise<T> => (away ? Promise.reject(AWAY()) : answer());
  const bare = createSqliteStorage({ file: join(folder, 'shadow.db') });
  let tell = (): void => {};
  const complete = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const copy: Storage = {
    ...bare,
    async apply(changes) {
      await bare.apply(changes);
      if (changes.some((change) => change.op === 'insert' && change.doc._id === ':copy')) setImmediate(tell);
    }
  };
  const storage = await createJournaledStorage(
    (listener) => {
      onReach = listener;
      return {
        kind: 'mongodb',
        version: () => ask(() => inner.version()),
        async *find(name, query) {
          if (away) throw AWAY();
          yield* inner.find(name, query);
        },
        count: (name, filter) => ask(() => inner.count(name, filter)),
        candidates: (name, keys) => ask(() => inner.candidates(name, keys)),
        apply: (changes) =>
          ask(async () => {
            for (const change of changes) database.onWrite?.(change.op === 'remove' ? change._id : change.doc._id);
            await inner.apply(changes);
            reached.push(...changes.map((change) => `${change.op}:${change.op === 'remove' ? change._id : change.doc._id}`));
          }),
        sizes: () => ask(() => inner.sizes()),
        ping: () => ask(() => inner.ping()),
        close: async () => {}
      };
    },
    {
      folder,
      copy,
      maxBytes: options.maxBytes ?? 1 << 20,
      now: Date.now,
      timing: { blinkMs: 50, firstFillMs: 0 },
      log: pino({ level: 'silent' }),
      onTrouble: (sentence) => void heard.push(sentence)
    }
  );
  return {
    storage,
    database,
    folder,
    heard,
    copied: () => complete,
    async restart() {
      await storage.close();
      return createJournalKit({ ...options, away }, [], { folder, inner });
    },
    async close() {
      await storage.close();
      await inner.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
