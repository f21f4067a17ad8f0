import { canonicalId } from '../storage/object-id.ts';
import type { Change, Doc, Storage, StoreName } from '../storage/port.ts';
import type { Filter } from '../storage/query.ts';
import { type ContentHash, combineHashes, createSetHash, type SetHash, STORE_NAMES } from './content-hash.ts';

/** Clocks of this process and of the writing servers may differ by less than that. */
const SKEW_MS = 3_600_000;
/** Documents per transaction of the copy. */
const BATCH = 500;
/** Collections without times of change: few documents, read again as a whole. */
const SMALL: readonly StoreName[] = ['subjects', 'roles', 'state'];

/** What was copied. */
export interface Copied {
  readonly content: ContentHash;
  /** Documents that share their `_id` with another one, as text and as ObjectId; one of each is in the copy. */
  readonly merged: number;
}

/**
 * Copies every document through the port. Servers may write meanwhile: what was changed since the beginning is read once more
 * at the end, and what was deleted goes, so that the copy holds everything committed before that second look.
 * @param now epoch ms at the beginning
 * @param onDocuments told how many documents were copied since the last call
 * @throws Refusal of a storage, Error when the counts of source and copy cannot be explained
 */
export async function copyStorage(
  source: Storage,
  copy: Storage,
  now: number,
  onDocuments: (documents: number) => void
): Promise<Copied> {
  const sets = new Map<StoreName, SetHash>(STORE_NAMES.map((name) => [name, createSetHash()]));
  let merged = 0;
  const changed = new Map<StoreName, number>();

  /** Puts documents into the copy, in place of those that are there. @returns how many were */
  async function put(name: StoreName, docs: readonly { json: string; doc: Doc & { _id: string } }[]): Promise<number> {
    const set = sets.get(name)!;
    const latest = [...new Map(docs.map((one) => [one.doc._id, one])).values()];
    const there = await copy.candidates(
      name,
      latest.map(({ doc }) => ({ _id: doc._id }))
    );
    for (const doc of there) set.remove(JSON.stringify(doc));
    await copy.apply(latest.map(({ doc }): Change => ({ op: 'insert', collection: name, doc })));
    for (const { json } of latest) set.add(json);
    onDocuments(docs.length);
    return there.length + docs.length - latest.length;
  }

  async function drop(name: StoreName, docs: readonly Doc[]): Promise<void> {
    for (const doc of docs) sets.get(name)!.remove(JSON.stringify(doc));
    await copy.apply(docs.map((doc): Change => ({ op: 'remove', collection: name, _id: doc._id! })));
  }

  async function pass(name: StoreName, filter: Filter): Promise<{ read: number; known: number; ids: Set<string> }> {
    let waiting: { json: string; doc: Doc & { _id: string } }[] = [];
    const ids = new Set<string>();
    let count = 0;
    let known = 0;
    for await (const batch of source.find(name, { filter })) {
      for (const { json: text } of batch) {
        // through text once: what a database holds beyond JSON is copied as clients see it
        const read = JSON.parse(text) as Doc & { _id: string };
        const doc = { ...read, _id: canonicalId(read._id) };
        waiting.push({ json: JSON.stringify(doc), doc });
        if (SMALL.includes(name)) ids.add(doc._id);
      }
      count += batch.length;
      if (waiting.length < BATCH) continue;
      known += await put(name, waiting);
      waiting = [];
    }
    known += await put(name, waiting);
    return { read: count, known, ids };
  }

  /** Hard deletes since the beginning: their tombstones say which. */
  async function dropDeleted(since: number): Promise<void> {
    for await (const batch of source.find('tombstones', { filter: { srvModified: { $gte: since } } })) {
      for (const { doc: stone } of batch) {
        const name = stone.collection as StoreName;
        const _id = String(stone._id).slice(`${name}:`.length);
        if (!sets.has(name)) continue;
        const gone = (await copy.candidates(name, [{ _id }])).filter(
          (doc) => !(Number(doc.srvModified) > Number(stone.srvModified))
        );
        if (gone.length > 0) {
          await drop(name, gone);
          changed.set(name, (changed.get(name) ?? 0) + gone.length);
        }
      }
    }
  }

  const before = await counts(source);
  for (const name of STORE_NAMES) merged += (await pass(name, {})).known;
  const since = now - SKEW_MS;
  for (const name of STORE_NAMES) {
    const again = await pass(name, SMALL.includes(name) ? {} : { srvModified: { $gte: since } });
    changed.set(name, again.read);
    if (!SMALL.includes(name)) continue;
    const left: Doc[] = [];
    for await (const batch of copy.find(name, { filter: {} }))
      left.push(...batch.map(({ doc }) => doc).filter((doc) => !again.ids.has(doc._id!)));
    if (left.length > 0) await drop(name, left);
  }
  await dropDeleted(since);
  const after = await counts(source);
  for (const name of STORE_NAMES) {
    const { count } = sets.get(name)!;
    const slack = (changed.get(name) ?? 0) + merged;
    const least = Math.min(before.get(name)!, after.get(name)!) - slack;
    const most = Math.max(before.get(name)!, after.get(name)!) + slack;
    if (count < least || count > most)
      throw new Error(`The copy of ${name} has ${count} documents, the database ${after.get(name)}: the backup was not kept.`);
  }
  return { content: combineHashes(sets), merged };
}

async function counts(source: Storage): Promise<Map<StoreName, number>> {
  const found = new Map<StoreName, number>();
  for (const name of STORE_NAMES) found.set(name, await source.count(name, {}));
  return found;
}
