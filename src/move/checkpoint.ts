import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DayCounts, Refused } from './counts.ts';
import type { MoveName } from './names.ts';
import { Seen } from './seen.ts';

/** How far a run has come. Plain JSON. */
interface Progress {
  /** Collections that are complete. */
  readonly done: readonly MoveName[];
  /** The one under way, and from where to go on. */
  readonly current?: { readonly name: MoveName; readonly cursor: unknown };
  /** How many documents of each collection were met. */
  readonly seen: Partial<Record<MoveName, number>>;
  readonly days: DayCounts;
  readonly refused: readonly Refused[];
}

/** The memory of one import, in the data folder: an interrupted one goes on where it was. */
export interface Checkpoint {
  /** What an earlier run has left; undefined: none has. */
  readonly before: Progress | undefined;
  seenOf(name: MoveName): Seen;
  /** Writes it down; the process may end at any moment. */
  save(progress: Progress): void;
  /** It is complete: the next run starts anew. */
  clear(): void;
}

/** Changes when what is written changes its meaning. */
const VERSION = 1;

/**
 * @param identity what makes two runs the same import: source, target and selection; only its hash is written
 * @param restart whether to forget what an earlier run has left
 * @throws the system's error when the data folder cannot be written
 */
export function openCheckpoint(dataDir: string, identity: unknown, { restart }: { restart: boolean }): Checkpoint {
  const name = createHash('sha256')
    .update(JSON.stringify([VERSION, identity]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(dataDir, 'import', name);
  if (restart) rmSync(folder, { recursive: true, force: true });
  const file = join(folder, 'progress.json');
  const before = read(file);
  if (!before) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    before,
    seenOf: (collection) => new Seen(join(folder, `${collection}.seen`), before?.seen[collection] ?? 0),
    save(progress) {
      // not synced: what a power cut leaves is an older one or none, and doing something twice does no harm
      writeFileSync(`${file}.draft`, JSON.stringify(progress), { mode: 0o600 });
      renameSync(`${file}.draft`, file);
    },
    clear: () => rmSync(folder, { recursive: true, force: true })
  };
}

/** A trial remembers nothing. */
export const noCheckpoint = (): Checkpoint => ({ before: undefined, seenOf: () => new Seen(), save: () => {}, clear: () => {} });

function read(file: string): Progress | undefined {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Progress;
    return Array.isArray(found.done) && typeof found.days === 'object' ? found : undefined;
  } catch {
    return undefined;
  }
}
