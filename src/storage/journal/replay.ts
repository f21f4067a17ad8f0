import { appendFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { Refusal } from '../../errors.ts';
import type { Change, Storage } from '../port.ts';
import type { Line, Queue } from './queue.ts';
import type { Shadow } from './shadow.ts';

/** Changes that go to the database together. */
const TOGETHER = 200;

/** Brings the queue to the database. */
export interface Replay {
  /** Writes that are not there yet. */
  readonly left: number;
  /** Bytes of the queue that are not there yet. */
  readonly behind: number;
  /** Brings over the next lines, in order. @throws Refusal when the database went away again, or takes nothing at all: the next call goes on there */
  step(): Promise<void>;
  /** Empties the queue, all of which is there. */
  finish(): Promise<void>;
}

/**
 * @param file where writes go that the database refuses for good
 * @param onRejected hears a sentence about it
 */
export function createReplay(
  { queue, database, shadow }: { queue: Queue; database: Storage; shadow: Shadow },
  { file, now, log, onRejected }: { file: string; now: () => number; log: Logger; onRejected: (sentence: string) => void }
): Replay {
  let at = 0;
  let done = 0;

  async function bring(lines: readonly Line[]): Promise<void> {
    try {
      await database.apply(lines.flatMap(({ changes = [] }) => changes));
    } catch (error) {
      if (isAway(error)) throw error;
      for (const { changes = [] } of lines) for (const change of changes) await bringOne(change);
    }
    for (const line of lines) if (!line.changes) await reject(line.text, 'it cannot be read');
  }

  /** A document that the database refuses must not hold up those behind it; a database that refuses everything is another matter. */
  async function bringOne(change: Change): Promise<void> {
    try {
      await database.apply([change]);
    } catch (error) {
      if (isAway(error) || !(await takesAnything())) throw error;
      await reject(JSON.stringify(change), error instanceof Refusal ? error.code : 'unknown');
      await forget(change);
    }
  }

  const takesAnything = (): Promise<boolean> =>
    database.apply([{ op: 'insert', collection: 'state', doc: { _id: 'journal-probe', at: now() } }]).then(
      () => true,
      () => false
    );

  async function reject(text: string, reason: string): Promise<void> {
    await appendFile(file, `${text}\n`, { mode: 0o600, flush: true });
    log.error({ reason, file }, 'the database refused a write that was acknowledged while it was away; it is kept in this file');
    onRejected(
      'The database refused an upload that was taken while it was away. It is kept in the file rejected.ndjson of the journal folder.'
    );
  }

  /** The copy shows what the database has. */
  async function forget({ op, collection, ...change }: Change): Promise<void> {
    const _id = 'doc' in change ? change.doc._id : change._id;
    const [stored] = await database.candidates(collection, [{ _id }]);
    await shadow.take([stored ? { op: 'insert', collection, doc: { ...stored, _id } } : { op: 'remove', collection, _id }]);
  }

  return {
    get left() {
      return queue.count - done;
    },
    get behind() {
      return queue.size - at;
    },
    async step() {
      const { lines, next } = await queue.read(at);
      let group: Line[] = [];
      let size = 0;
      for (const line of lines) {
        group.push(line);
        size += line.changes?.length ?? 0;
        if (size < TOGETHER && line !== lines.at(-1)) continue;
        await bring(group);
        // a step that broke off is repeated as a whole, which does no harm
        [group, size] = [[], 0];
      }
      at = next;
      done += lines.length;
    },
    async finish() {
      await queue.clear();
      [at, done] = [0, 0];
    }
  };
}

const isAway = (error: unknown): boolean => error instanceof Refusal && error.code === 'storage-away';
