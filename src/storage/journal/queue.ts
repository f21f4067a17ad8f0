import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BSON } from 'mongodb';
import { Refusal } from '../../errors.ts';
import type { Change } from '../port.ts';

const CHUNK = 1 << 20;
const NEWLINE = 10;

/** One line of the queue: what one write asked for; undefined when the line cannot be read. */
export interface Line {
  readonly text: string;
  readonly changes: readonly Change[] | undefined;
}

/** Writes that wait for the database, in order, in a file: one line each. */
export interface Queue {
  /** Bytes that are safe on the disk. */
  readonly size: number;
  /** Writes among them. */
  readonly count: number;
  /** Resolves when the write survives a power cut. @throws Refusal `storage-away` when there is no room */
  append(changes: readonly Change[]): Promise<void>;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
  /** About a megabyte of lines. @param from where a line begins @returns them, and where the next one begins */
  read(from: number): Promise<{ readonly lines: readonly Line[]; readonly next: number }>;
  /** Empties the file, for good. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

interface Pending {
  readonly line: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens (or makes) the file. A last line without end was never acknowledged and goes.
 * @param maxBytes the file grows no larger
 * @throws the system's error when it cannot be written
 */
export async function openQueue(file: string, maxBytes: number): Promise<Queue> {
  const handle = await openDurably(file);
  let { size, count } = await whole(handle);
  await handle.truncate(size);
  await handle.datasync();
  let pending: Pending[] = [];
  let waiting = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (pending.length > 0) {
      const group = pending;
      pending = [];
      const bytes = Buffer.concat(group.map(({ line }) => line));
      try {
        await writeAll(handle, bytes, size);
        await handle.datasync();
        size += bytes.length;
        count += group.length;
        for (const { resolve } of group) resolve();
      } catch (error) {
        await handle.truncate(size).catch(() => {});
        const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
        for (const { reject } of group)
          reject(
            new Refusal(
              'storage-away',
              full ? 'The disk is full' : 'The database does not answer, and the journal cannot be written',
              30
            )
          );
      }
      waiting -= bytes.length;
    }
    running = undefined;
  }

  return {
    get size() {
      return size;
    },
    get count() {
      return count;
    },
    append: (changes) =>
      new Promise((resolve, reject) => {
        const line = lineOf(changes);
        if (size + waiting + line.length > maxBytes)
          return reject(new Refusal('storage-away', 'The database does not answer, and the journal is full', 60));
        waiting += line.length;
        pending.push({ line, resolve, reject });
        running ??= run();
      }),
    async idle() {
      await running;
    },
    async read(from) {
      if (from >= size) return { lines: [], next: from };
      for (let length = CHUNK; ; length *= 2) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(length, size - from)), 0, undefined, from);
        const end = buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
        if (end === 0 && bytesRead > 0 && from + bytesRead < size) continue;
        const texts = buffer.toString('utf8', 0, end).split('\n').slice(0, -1);
        return { lines: texts.map(readLine), next: from + end };
      }
    },
    async clear() {
      await handle.truncate(0);
      await handle.sync();
      size = 0;
      count = 0;
    },
    async close() {
      await running;
      await handle.close();
    }
  };
}

/** Types that only the database knows (dates, decimals) survive as extended JSON. @throws Refusal `bad-document` */
function lineOf(changes: readonly Change[]): Buffer {
  try {
    return Buffer.from(`${BSON.EJSON.stringify(changes, { relaxed: true })}\n`);
  } catch {
    throw new Refusal('bad-document', 'A document has a field name the database cannot store');
  }
}

function readLine(text: string): Line {
  try {
    const changes: unknown = BSON.EJSON.parse(text);
    return { text, changes: Array.isArray(changes) ? (changes as Change[]) : undefined };
  } catch {
    return { text, changes: undefined };
  }
}

/** The file for reading and writing at any place; its name is on the disk, too. */
async function openDurably(file: string): Promise<FileHandle> {
  const handle = await open(file, 'r+').catch(() => open(file, 'w+', 0o600));
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
  return handle;
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

/** Where the last whole line ends, and how many there are. */
async function whole(handle: FileHandle): Promise<{ size: number; count: number }> {
  const buffer = Buffer.alloc(CHUNK);
  let [size, count] = [0, 0];
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, at);
    if (bytesRead === 0) return { size, count };
    for (let i = buffer.indexOf(NEWLINE); i >= 0 && i < bytesRead; i = buffer.indexOf(NEWLINE, i + 1)) {
      size = at + i + 1;
      count += 1;
    }
    at += bytesRead;
  }
}
