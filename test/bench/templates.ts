import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../bench-out/templates', import.meta.url));
/** Older ones hold too little of what counts as the recent past. */
const LIFE_MS = 2 * 86_400_000;
/** Whatever says how a seeded place looks; when one of them changes, templates are made anew. */
const MAKERS = [
  'year.ts',
  'seed.ts',
  '../../src/storage/sqlite/indexes.ts',
  '../../src/storage/sqlite/connection.ts',
  '../../src/storage/sqlite/cold/schema.ts',
  '../../src/storage/sqlite/cold/codec.ts',
  '../../src/storage/sqlite/cold/eligible.ts',
  '../../src/storage/sqlite/cold/summary.ts',
  '../../src/storage/mongo/indexes.ts'
];

/** Seeded folders kept between runs: five years take minutes to make and a second to copy. */
export interface Templates {
  /** The instant all of them end at, epoch ms. */
  readonly end: number;
  /** Does the work and remembers that it is done, unless it was. */
  make(name: string, work: () => Promise<void>): Promise<void>;
  folderOf(name: string): string;
  copy(name: string, to: string): void;
}

interface Made {
  readonly key: string;
  readonly end: number;
  readonly names: string[];
}

/** @param end where templates end that have to be made now, epoch ms */
export function openTemplates(end: number): Templates {
  const file = `${ROOT}/made.json`;
  const key = createHash('sha256')
    .update(MAKERS.map((path) => readFileSync(new URL(path, import.meta.url), 'utf8')).join('\0'))
    .digest('hex');
  let made = read(file);
  if (made?.key !== key || end - made.end > LIFE_MS) {
    rmSync(ROOT, { recursive: true, force: true });
    made = { key, end, names: [] };
  }
  const { names } = made;
  const folderOf = (name: string): string => {
    const folder = `${ROOT}/${name}`;
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  return {
    end: made.end,
    folderOf,
    copy: (name, to) => cpSync(folderOf(name), to, { recursive: true }),
    async make(name, work) {
      if (names.includes(name)) return;
      console.log(`${name}: seeding, which is kept for the next runs`);
      await work();
      names.push(name);
      writeFileSync(file, JSON.stringify(made));
    }
  };
}

function read(file: string): Made | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Made;
  } catch {
    return undefined;
  }
}
