import { closeSync, openSync, readSync, statSync } from 'node:fs';

// The write-ahead log: a head of 32 bytes, then frames of 24 bytes and a page each. Every frame carries the two salts of the
// head and a checksum over all before it; after a checkpoint the log begins anew with other salts, the first one risen by one,
// and older frames may stand behind (https://sqlite.org/fileformat2.html#walformat).
const HEAD = 32;
const FRAME_HEAD = 24;
const MAGIC = 0x377f0682;
/** Frames of earlier rounds have a first salt below the present one by the number of rounds. */
const ROUNDS = 1 << 20;
/** Larger logs (a reader held them up for hours) are read to here; the others take a fraction of a second. */
const MOST_BYTES = 256 * 1024 * 1024;

type Sums = readonly [number, number];

/**
 * SQLite plays its log in up to the first frame that is not whole and drops the rest without a word. That is right for the
 * torn end a crash leaves; but when more of the same log follows, acknowledged uploads may be among what is dropped.
 * @param file path of the log; it must not be open in this process, whose locks would end
 * @returns what is wrong, in a few words; undefined when it is whole, torn at its end only, empty or absent
 */
export function walDamage(file: string): string | undefined {
  let size: number;
  try {
    size = statSync(file).size;
  } catch {
    return undefined;
  }
  if (size === 0) return undefined;
  const handle = openSync(file, 'r');
  try {
    return look((bytes, at) => readSync(handle, bytes, 0, bytes.length, at), Math.min(size, MOST_BYTES));
  } finally {
    closeSync(handle);
  }
}

function look(read: (bytes: Buffer, at: number) => number, size: number): string | undefined {
  const head = Buffer.alloc(HEAD);
  const got = read(head, 0);
  // a power cut before the first sync
  if (head.every((byte) => byte === 0)) return undefined;
  const bigEndian = (head.readUInt32BE(0) & 1) === 1;
  let sums = checksum(head.subarray(0, 24), [0, 0], bigEndian);
  if (got < HEAD || head.readUInt32BE(0) >>> 1 !== MAGIC >>> 1 || !same(sums, head, 24)) return 'its head is not readable';
  const pageSize = head.readUInt32BE(8);
  const salt = head.readUInt32BE(16);
  const frame = Buffer.alloc(FRAME_HEAD + pageSize);
  let whole = true;
  let broken = 0;
  for (let at = HEAD; at + frame.length <= size; at += frame.length) {
    read(frame, at);
    const current = frame.readUInt32BE(8) === salt && frame.readUInt32BE(12) === head.readUInt32BE(20);
    if (whole) {
      const next = current
        ? checksum(frame.subarray(FRAME_HEAD), checksum(frame.subarray(0, 8), sums, bigEndian), bigEndian)
        : sums;
      whole = current && same(next, frame, 16);
      sums = next;
      if (whole) continue;
      // what a crash tears is the last frame that was being written
      if (current || isRest(frame, salt)) continue;
      return 'it holds frames that cannot be read';
    }
    if (current || !isRest(frame, salt)) broken++;
  }
  return broken > 0 ? 'it holds frames that cannot be read' : undefined;
}

/** Part of an earlier round, or never written. */
function isRest(frame: Buffer, salt: number): boolean {
  const before = (salt - frame.readUInt32BE(8)) >>> 0;
  return (before > 0 && before < ROUNDS) || frame.subarray(0, FRAME_HEAD).every((byte) => byte === 0);
}

const same = ([a, b]: Sums, bytes: Buffer, at: number): boolean =>
  bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;

function checksum(bytes: Buffer, [first, second]: Sums, bigEndian: boolean): Sums {
  let a = first;
  let b = second;
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
    b = (b + (bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
  }
  return [a, b];
}
