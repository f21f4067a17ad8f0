import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OnStep } from '../aside/step.ts';
import { combineHashes, createSetHash, type SetHash } from '../backup/content-hash.ts';
import { copyFile } from '../backup/copy-file.ts';
import { syncFolderOf } from '../backup/files.ts';
import { openMongo } from '../backup/open-mongo.ts';
import type { BackupSource } from '../backup/source.ts';
import { SERVER } from '../config/version.ts';
import { type ExportedCollection, MANIFEST_FILE, type Manifest } from '../move/manifest.ts';
import { isDated, type MoveName } from '../move/names.ts';
import type { Range } from '../move/times.ts';
import type { Doc, Storage } from '../storage/port.ts';
import { createSqliteStorage } from '../storage/sqlite/sqlite.ts';
import { cellsOf, columnsOf, csvLine } from './csv.ts';
import { select } from './select.ts';

/** What to export, and where to. */
export interface ExportOrder {
  readonly source: BackupSource;
  /** Folder to write into; must be new or empty. */
  readonly folder: string;
  readonly format: Manifest['format'];
  readonly names: readonly MoveName[];
  readonly range: Range;
  /** Instant it is begun, epoch ms. */
  readonly at: number;
}

/** Files that are not complete yet end like this. */
const DRAFT = '.part';

/**
 * Writes the documents of a site, one file per collection, and a manifest last: a folder with one is a complete export. Memory
 * stays flat. A database file is copied first, so that the export is of one moment while a server goes on writing; MongoDB is
 * read as it is.
 * @throws Error with a sentence for people; then nothing of it is left
 */
export async function writeExport(order: ExportOrder, onProgress: OnStep): Promise<Manifest> {
  const { source, folder, format, names, range, at } = order;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty; an export never mixes with other files.`);
  const written: string[] = [];
  const { storage, finish } = await openToRead(source, folder, onProgress);
  try {
    const isWhole = range.from === undefined && range.to === undefined;
    const sets = new Map<MoveName, SetHash>();
    const collections: Partial<Record<MoveName, ExportedCollection>> = {};
    const expected = isWhole ? await countOf(storage, names) : undefined;
    let before = 0;
    for (const name of names) {
      const set = createSetHash();
      const file = join(folder, `${name}.${format}`);
      written.push(file);
      await writeCollection(select(storage, name, range), {
        file,
        format,
        set,
        onCount: (count) => onProgress({ verb: 'exported', done: before + count, total: expected, unit: 'documents' })
      });
      sets.set(name, set);
      before += set.count;
      collections[name] = { file: basename(file), count: set.count, hash: set.hash, bytes: (await stat(file)).size };
    }
    const isCut = names.some(isDated);
    const manifest: Manifest = {
      kind: 'vigil-export',
      version: 1,
      createdAt: new Date(at).toISOString(),
      server: SERVER.version,
      source: source.kind,
      format,
      ...(isCut && range.from !== undefined && { from: new Date(range.from).toISOString() }),
      ...(isCut && range.to !== undefined && { to: new Date(range.to).toISOString() }),
      collections,
      hash: combineHashes(sets).hash
    };
    const draft = join(folder, MANIFEST_FILE + DRAFT);
    written.push(draft);
    await writeFile(draft, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await rename(draft, join(folder, MANIFEST_FILE));
    await syncFolderOf(join(folder, MANIFEST_FILE));
    return manifest;
  } catch (error) {
    for (const file of written) await rm(file, { force: true });
    throw error;
  } finally {
    await finish();
    for (const file of written) await rm(file + DRAFT, { force: true });
  }
}

/** A store to read from that nobody else writes to, where that can be had. */
async function openToRead(
  source: BackupSource,
  folder: string,
  onProgress: OnStep
): Promise<{ storage: Storage; finish(): Promise<void> }> {
  if (source.kind === 'mongodb') {
    const storage = openMongo(source.mongo);
    await storage.ping().catch(async (error: unknown) => {
      await storage.close();
      throw error;
    });
    return { storage, finish: () => storage.close() };
  }
  const copy = join(folder, `.copy-${randomBytes(4).toString('hex')}.db`);
  const remove = async (): Promise<void> => {
    for (const suffix of ['', '-journal', '-wal', '-shm']) await rm(copy + suffix, { force: true });
  };
  try {
    await (await open(copy, 'wx', 0o600)).close();
    await copyFile(source.file, copy, (done, total) => onProgress({ verb: 'copied', done, total, unit: 'bytes' }));
    const storage = createSqliteStorage({ file: copy });
    return {
      storage,
      async finish() {
        await storage.close();
        await remove();
      }
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function countOf(storage: Storage, names: readonly MoveName[]): Promise<number> {
  let count = 0;
  for (const name of names) count += await storage.count(name, {});
  return count;
}

interface Target {
  readonly file: string;
  readonly format: Manifest['format'];
  readonly set: SetHash;
  readonly onCount: (count: number) => void;
}

async function writeCollection(
  batches: AsyncIterable<readonly { readonly json: string }[]>,
  { file, format, set, onCount }: Target
): Promise<void> {
  const fields = new Set<string>();
  const lines = format === 'csv' ? `${file}.lines${DRAFT}` : file + DRAFT;
  const draft = createWriter(lines);
  try {
    if (format === 'json') await draft.write('[');
    for await (const batch of batches) {
      for (const { json } of batch) {
        const before = format === 'json' ? (set.count > 0 ? ',\n' : '\n') : '';
        set.add(json);
        if (format === 'csv') for (const field of Object.keys(JSON.parse(json) as Doc)) fields.add(field);
        await draft.write(`${before}${json}${format === 'json' ? '' : '\n'}`);
      }
      onCount(set.count);
    }
    if (format === 'json') await draft.write('\n]\n');
    await draft.end();
    if (format === 'csv') await toCsv(lines, file + DRAFT, columnsOf(fields));
    await rename(file + DRAFT, file);
  } finally {
    draft.destroy();
    if (format === 'csv') await rm(lines, { force: true });
  }
}

/** The columns are known when every document has been read, so they are read a second time, from the file. */
async function toCsv(lines: string, file: string, columns: readonly string[]): Promise<void> {
  const writer = createWriter(file);
  try {
    if (columns.length > 0) await writer.write(csvLine(columns));
    for await (const line of createInterface({ input: createReadStream(lines), crlfDelay: Number.POSITIVE_INFINITY }))
      await writer.write(csvLine(cellsOf(JSON.parse(line) as Doc, columns)));
    await writer.end();
  } finally {
    writer.destroy();
  }
}

/** A file, written no faster than the disk takes it, and synced at its end. */
function createWriter(file: string): { write(text: string): Promise<void>; end(): Promise<void>; destroy(): void } {
  const stream: WriteStream = createWriteStream(file, { mode: 0o600, flags: 'wx', flush: true, highWaterMark: 1024 * 1024 });
  let failure: Error | undefined;
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', (error) => {
      failure = error;
      reject(error);
    });
  });
  failed.catch(() => {});
  return {
    async write(text) {
      if (failure) throw failure;
      if (!stream.write(text)) await Promise.race([failed, new Promise<void>((resolve) => stream.once('drain', resolve))]);
    },
    async end() {
      await Promise.race([failed, new Promise<void>((resolve) => stream.end(resolve))]);
    },
    destroy: () => void stream.destroy()
  };
}
