import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Counts } from './counts.ts';
import { isDated, type MoveName } from './names.ts';
import { keyOf, type Seen } from './seen.ts';
import type { Sink } from './sinks/sink.ts';
import type { Item, Page, Source } from './source.ts';
import { dayOf, isWithin, type Range } from './times.ts';
import type { Line, Verdict } from './verdict.ts';

/** What an import is made of. */
export interface ImportJob {
  readonly source: Source;
  readonly sink: Sink;
  readonly checkpoint: Checkpoint;
  /** Collections to bring over, in this order. */
  readonly names: readonly MoveName[];
  readonly range: Range;
  /** Told about each page: the collection, how much of it is read (0 to 1, if known), and how many documents were met in all. */
  readonly onPage: (name: MoveName, part: number | undefined, total: number) => void;
  /** Ends it between two pages; what came before is stored. */
  readonly signal?: AbortSignal;
}

/** The user has interrupted it. */
export class Interrupted extends Error {}

/** A batch is one request of a running server; smaller ones let uploads in between. */
const BATCH = 500;
const BATCH_BYTES = 4_000_000;
/** No store takes a larger one. */
const MAX_BYTES = 16_000_000;

/**
 * Brings documents from a source to the site, page by page, and notes after each page where to go on from. Repeating it changes
 * nothing.
 * @returns what became of each document, also of those of the interrupted runs before
 * @throws Interrupted, SourceError, Error of the sink; the same job goes on from there
 */
export async function runImport(job: ImportJob): Promise<Counts> {
  const { source, sink, checkpoint, names, range, onPage, signal } = job;
  const { before } = checkpoint;
  const counts = new Counts(before);
  const done: MoveName[] = [...(before?.done ?? [])];
  /** Stored documents that were found to be the same as one of the source's. */
  const claimed = new Set<string>();
  const seenCounts: Partial<Record<MoveName, number>> = { ...before?.seen };

  async function takePage(name: MoveName, items: readonly Item[], seen: Seen): Promise<void> {
    for (const batch of batchesOf(readablesOf(name, items))) {
      const keys = batch.map(keyOf);
      const isNew = keys.map((key) => key === undefined || seen.add(key));
      const verdicts = await decided(name, batch, seen);
      for (const [at, doc] of batch.entries()) if (isNew[at]) note(name, doc, verdicts[at]!);
    }
  }

  /** Documents that only look like stored ones are asked for a second time, with what the source knows. */
  async function decided(name: MoveName, docs: readonly Doc[], seen: Seen): Promise<Verdict[]> {
    const verdicts = await sink.put(
      name,
      docs.map((doc): Line => ({ doc, how: 'ask' }))
    );
    const again: number[] = [];
    const lines: Line[] = [];
    for (const [at, { what, names: alike = [] }] of verdicts.entries()) {
      if (what !== 'alike') continue;
      // one of the source's own, or one that another document of the source has turned out to be
      const isOther = alike.some((one) => seen.has(one) || claimed.has(`${name} ${one}`));
      if (!isOther) for (const one of alike) claimed.add(`${name} ${one}`);
      again.push(at);
      lines.push({ doc: docs[at]!, how: isOther ? 'alone' : 'same' });
    }
    if (lines.length === 0) return verdicts;
    for (const [n, verdict] of (await sink.put(name, lines)).entries()) verdicts[again[n]!] = verdict;
    return verdicts;
  }

  function readablesOf(name: MoveName, items: readonly Item[]): Doc[] {
    const docs: Doc[] = [];
    for (const item of items) {
      if ('unreadable' in item) counts.refuse({ collection: name, document: item.where, reason: item.unreadable }, 'no date');
      else if (!isPlainObject(item.doc))
        counts.refuse({ collection: name, document: 'an item', reason: 'It is no document' }, 'no date');
      else if (!isDated(name) || isWithin(name, item.doc, range)) {
        const unfit = unfitness(item.doc);
        if (unfit === undefined) docs.push(item.doc);
        else counts.refuse({ collection: name, document: keyOf(item.doc) ?? 'without id', reason: unfit }, dayOf(name, item.doc));
      }
    }
    return docs;
  }

  function* batchesOf(docs: readonly Doc[]): Iterable<Doc[]> {
    let batch: Doc[] = [];
    let bytes = 0;
    for (const doc of docs) {
      const size = JSON.stringify(doc).length;
      if (batch.length > 0 && (batch.length >= BATCH || bytes + size > BATCH_BYTES)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(doc);
      bytes += size;
    }
    if (batch.length > 0) yield batch;
  }

  function note(name: MoveName, doc: Doc, { what, detail }: Verdict): void {
    const day = dayOf(name, doc);
    if (what === 'refused')
      counts.refuse({ collection: name, document: keyOf(doc) ?? 'without id', reason: detail ?? 'It was refused' }, day);
    else counts.add(name, day, what === 'alike' ? 'same' : what);
  }

  function save(current?: { name: MoveName; cursor: unknown }): void {
    checkpoint.save({ done, ...(current && { current }), seen: seenCounts, days: counts.days, refused: counts.refused });
  }

  /** A source that counts more than it gave has hidden something. */
  function compare(name: MoveName, total: number | undefined, met: number): void {
    if (total !== undefined && met < total && range.from === undefined && range.to === undefined)
      source.faults.push(
        `${name}: the source counts ${total} documents, ${met} were met. Run it again; if that stays so, read its database.`
      );
  }

  async function bring(name: MoveName): Promise<void> {
    const total = await source.total?.(name);
    const seen = checkpoint.seenOf(name);
    try {
      const after = before?.current?.name === name ? before.current.cursor : undefined;
      if (after === undefined && sink.isLive && source.newest) {
        const newest = await source.newest(name);
        await takePage(
          name,
          newest.map((doc) => ({ doc })),
          seen
        );
      }
      for await (const page of ahead(source.pages(name, after))) {
        await takePage(name, page.items, seen);
        seenCounts[name] = seen.save();
        save({ name, cursor: page.cursor });
        onPage(name, page.part, counts.total);
        if (signal?.aborted) throw new Interrupted();
      }
      compare(name, total, seen.save());
    } finally {
      seen.close();
    }
    done.push(name);
    save();
  }

  for (const name of names) if (!done.includes(name)) await bring(name);
  checkpoint.clear();
  return counts;
}

/** Why no store could take it, in a sentence. */
function unfitness(doc: Doc): string | undefined {
  try {
    return JSON.stringify(doc).length > MAX_BYTES ? 'It is larger than 16 MB' : undefined;
  } catch {
    return 'It is nested too deeply';
  }
}

/** Reads the next page while this one is being stored. */
async function* ahead(pages: AsyncIterable<Page>): AsyncIterable<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = iterator.next();
      // its error is met when its turn comes
      next.catch(() => {});
      yield value;
    }
  } finally {
    // not waited for: it may be in the middle of a long answer
    void iterator.return?.(undefined)?.then(undefined, () => {});
  }
}
