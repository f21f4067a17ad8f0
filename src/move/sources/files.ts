import { createReadStream, type ReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { createSetHash, type SetHash } from '../../backup/content-hash.ts';
import { MANIFEST_FILE, type Manifest, readManifest } from '../manifest.ts';
import { MOVE_NAMES, type MoveName } from '../names.ts';
import { type Item, messageOf, type Page, type Source, SourceError } from '../source.ts';
import { type CollectionNames, collectionCalled } from './collection-names.ts';
import { readBson } from './read-bson.ts';
import { readJson } from './read-json.ts';

const PAGE = 500;
const KNOWN = /^(.+)\.(bson|json|ndjson|jsonl)(\.gz)?$/i;
const CHUNK = 1024 * 1024;

interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/**
 * A folder or file of mongodump, of mongoexport, or of `vigil export`.
 * @param only the collection a single file of another name holds
 * @throws SourceError when there is nothing that can be read
 */
export async function openFileSource(path: string, names: CollectionNames, only: MoveName | undefined): Promise<Source> {
  const root = resolve(path);
  const info = await stat(root).catch(() => undefined);
  if (!info) throw new SourceError(`There is no file or folder ${root}.`);
  const manifest = info.isDirectory() ? await manifestOf(root) : undefined;
  if (manifest?.format === 'csv')
    throw new SourceError('An export as CSV is for spreadsheets and cannot be read back. Export as ndjson or json to move data.');
  const files = info.isDirectory() ? await filesIn(root, names) : fileAlone(root, info, names, only);
  if (files.size === 0)
    throw new SourceError(
      `${root} holds nothing that can be imported: files are named after their collection, as entries.bson, treatments.json or entries.ndjson.gz.`
    );
  const faults: string[] = [];

  async function* pages(name: MoveName, after: unknown): AsyncIterable<Page> {
    const { path: file, bytes } = files.get(name)!;
    const from = (after as { read: number } | undefined)?.read ?? 0;
    const expected = manifest?.collections[name];
    const hash = expected && createSetHash();
    let read = 0;
    let items: Item[] = [];
    const stream = createReadStream(file, { highWaterMark: CHUNK });
    try {
      for await (const item of itemsOf(file, stream)) {
        if (hash) addTo(hash, item);
        if (++read <= from) continue;
        items.push('doc' in item ? { doc: item.doc } : { ...item, where: `${basename(file)}, ${item.where}` });
        if (items.length < PAGE) continue;
        yield { items, cursor: { read }, part: Math.min(1, stream.bytesRead / Math.max(1, bytes)) };
        items = [];
      }
    } catch (error) {
      // what could be read of it counts
      items.push({ unreadable: `The file cannot be read on (${messageOf(error)})`, where: basename(file) });
      read += 1;
    }
    if (items.length > 0) yield { items, cursor: { read }, part: 1 };
    if (expected && hash && hash.hash !== expected.hash)
      faults.push(
        `${basename(file)} is not what was exported: ${expected.count} documents then, ${hash.count} now, or others. What it holds was imported.`
      );
  }

  return {
    label: manifest ? `export of ${manifest.createdAt} in ${root}` : root,
    fingerprint: `files ${root} ${JSON.stringify([...files].map(([name, { bytes, mtimeMs }]) => [name, bytes, mtimeMs]))}`,
    notes: [],
    faults,
    names: async () => MOVE_NAMES.filter((name) => files.has(name)),
    pages,
    close: async () => {}
  };
}

function addTo(hash: SetHash, item: Item & { readonly text?: string }): void {
  if ('doc' in item) hash.add(item.text ?? JSON.stringify(item.doc));
}

function itemsOf(file: string, raw: ReadStream): AsyncIterable<Item & { readonly text?: string }> {
  let stream: AsyncIterable<Buffer> = raw;
  if (/\.gz$/i.test(file)) {
    const gunzip = createGunzip({ chunkSize: CHUNK });
    stream = raw.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  }
  return /\.bson(\.gz)?$/i.test(file) ? readBson(stream) : readJson(stream);
}

const manifestOf = (root: string): Promise<Manifest | undefined> =>
  readFile(join(root, MANIFEST_FILE), 'utf8').then(readManifest, () => undefined);

function fileAlone(root: string, info: { size: number; mtimeMs: number }, names: CollectionNames, only: MoveName | undefined) {
  const [, stem] = KNOWN.exec(basename(root)) ?? [];
  if (stem === undefined)
    throw new SourceError(
      `${root} is of a kind that is not known. Files of mongodump (.bson), mongoexport (.json) and vigil export (.ndjson) can be read, also with .gz; an archive of mongodump --archive must be unpacked with mongorestore first.`
    );
  const name = only ?? collectionCalled(names, stem);
  if (!name) throw new SourceError(`Which collection does ${basename(root)} hold? Name it with --collections.`);
  return new Map([[name, { path: root, bytes: info.size, mtimeMs: info.mtimeMs }]]);
}

/** The files of a folder, or of the only folder in it: mongodump makes one per database. */
async function filesIn(root: string, names: CollectionNames): Promise<Map<MoveName, Found>> {
  const here = await listed(root, names);
  if (here.size > 0) return here;
  const inside: (readonly [string, Map<MoveName, Found>])[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory() || ['admin', 'config', 'local'].includes(entry.name)) continue;
    const found = await listed(join(root, entry.name), names);
    if (found.size > 0) inside.push([entry.name, found]);
  }
  if (inside.length > 1)
    throw new SourceError(
      `${root} holds several databases (${inside.map(([name]) => name).join(', ')}): name the folder of one.`
    );
  return inside[0]?.[1] ?? new Map();
}

async function listed(folder: string, names: CollectionNames): Promise<Map<MoveName, Found>> {
  const found = new Map<MoveName, Found>();
  for (const file of (await readdir(folder)).sort()) {
    const [, stem = ''] = KNOWN.exec(file) ?? [];
    const name = stem.endsWith('.metadata') || file === MANIFEST_FILE ? undefined : collectionCalled(names, stem);
    if (!name) continue;
    const path = join(folder, file);
    const info = await stat(path);
    if (!info.isFile()) continue;
    const other = found.get(name);
    if (other)
      throw new SourceError(`${basename(other.path)} and ${file} in ${folder} hold the same collection: take one of them away.`);
    found.set(name, { path, bytes: info.size, mtimeMs: info.mtimeMs });
  }
  return found;
}
