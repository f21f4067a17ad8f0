import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import type { Doc } from '../../port.ts';
import { createListReader, createListWriter } from './number-lists.ts';

const compressAsync = promisify(brotliCompress);
const decompressAsync = promisify(brotliDecompress);

/** Layout of the bytes: version, checksum of what is inside, lengths of the compressed text and of the compressed lengths. */
const VERSION = 1;
const HEADER = 13;

/** The documents of a block, each made only when asked for. */
export interface Inflated {
  /** Place in the order of storing, per document, rising. */
  readonly seqs: readonly number[];
  /** JSON text as it was stored. */
  json(place: number): string;
  /** The document, but null for long lists of numbers: for questions about its other fields. */
  light(place: number): Doc;
  /** Whether the document may hold this piece of JSON text (outside of lists of numbers). */
  mentions(place: number, text: string): boolean;
  /** Roughly what it takes in memory, bytes. */
  readonly weight: number;
}

/** How long one stretch of work may take before others get their turn, ms. */
const STRETCH_MS = 4;
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Gives the event loop its turn when a stretch of work has become long. */
export function createPacer(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < STRETCH_MS) return;
    await nextTurn();
    began = performance.now();
  };
}

/**
 * Packs documents; compresses outside the event loop.
 * @param rows in rising order of seq
 * @param quality of brotli, 0–11
 */
export async function pack(rows: readonly { seq: number; json: string }[], quality: number): Promise<Buffer> {
  const pace = createPacer();
  const lists = createListWriter();
  let before = 0;
  const seqs = rows.map(({ seq }) => {
    const step = seq - before;
    before = seq;
    return step;
  });
  const lines = [JSON.stringify(seqs)];
  for (const { json } of rows) {
    lines.push(lists.split(json));
    await pace();
  }
  const text = Buffer.from(lines.join('\n'));
  await nextTurn();
  const lengths = lists.lengths();
  const bits = lists.bits();
  const options = (size: number) => ({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: size
    }
  });
  const [packedText, packedLengths] = await Promise.all([
    compressAsync(text, options(text.length)),
    compressAsync(lengths, options(lengths.length))
  ]);
  const header = Buffer.alloc(HEADER);
  header[0] = VERSION;
  header.writeUInt32LE(checksum(text, lengths, bits), 1);
  header.writeUInt32LE(packedText.length, 5);
  header.writeUInt32LE(packedLengths.length, 9);
  return Buffer.concat([header, packedText, packedLengths, bits]);
}

/** CRC-32 over all parts. (zlib starts anew at an empty array without memory of its own.) */
const checksum = (...all: Uint8Array[]): number => all.reduce((sum, part) => (part.length > 0 ? crc32(part, sum) : sum), 0);

function parts(blob: Uint8Array): { check: number; text: Buffer; lengths: Buffer; bits: Buffer } {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length < HEADER || bytes[0] !== VERSION) throw new RangeError('no block');
  const text = HEADER + bytes.readUInt32LE(5);
  const lengths = text + bytes.readUInt32LE(9);
  if (lengths > bytes.length) throw new RangeError('the block ends early');
  return {
    check: bytes.readUInt32LE(1),
    text: bytes.subarray(HEADER, text),
    lengths: bytes.subarray(text, lengths),
    bits: bytes.subarray(lengths)
  };
}

/** Undoes {@link pack}. @param count how many documents there must be @throws Error when any of it was changed */
export async function unpack(blob: Uint8Array, count: number): Promise<Inflated> {
  const { check, text, lengths, bits } = parts(blob);
  return inflated(await decompressAsync(text), await decompressAsync(lengths), bits, check, count);
}

/** {@link unpack} for the middle of a transaction. */
export function unpackSync(blob: Uint8Array, count: number): Inflated {
  const { check, text, lengths, bits } = parts(blob);
  return inflated(brotliDecompressSync(text), brotliDecompressSync(lengths), bits, check, count);
}

function inflated(text: Buffer, lengths: Buffer, bits: Buffer, check: number, count: number): Inflated {
  if (checksum(text, lengths, bits) !== check) throw new RangeError('wrong checksum');
  const lines = text.toString().split('\n');
  const steps = JSON.parse(lines.shift()!) as number[];
  if (steps.length !== count || lines.length !== count) throw new RangeError('wrong number of documents');
  let seq = 0;
  const seqs = steps.map((step) => (seq += step));
  const reader = createListReader(lines, lengths, bits);
  return {
    seqs,
    json: (place) => reader.join(lines[place]!, place),
    light: (place) => JSON.parse(reader.without(lines[place]!)) as Doc,
    mentions: (place, piece) => lines[place]!.includes(piece),
    weight: text.length + lengths.length + bits.length
  };
}
