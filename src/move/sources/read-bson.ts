import { BSON } from 'mongodb';
import type { Item } from '../source.ts';
import { plainDocument } from './plain.ts';

/** MongoDB's own limit, and what it allows beyond for its own documents. */
const MAX_BYTES = 16 * 1024 * 1024 + 16 * 1024;
const MIN_BYTES = 5;

/**
 * The documents of a `.bson` file of mongodump. Where a document gives no usable length, nobody knows where the next one begins: that is
 * told, and the reading ends.
 */
export async function* readBson(chunks: AsyncIterable<Buffer>): AsyncIterable<Item> {
  let held: Buffer = Buffer.alloc(0);
  let at = 0;
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let start = 0;
    while (held.length - start >= 4) {
      const length = held.readInt32LE(start);
      if (length < MIN_BYTES || length > MAX_BYTES) {
        yield { unreadable: 'The file is damaged here, and what follows cannot be read', where: `byte ${at + start}` };
        return;
      }
      if (held.length - start < length) break;
      yield itemOf(held.subarray(start, start + length), at + start);
      start += length;
    }
    held = held.subarray(start);
    at += start;
  }
  if (held.length > 0) yield { unreadable: 'The file ends in the middle of a document', where: `byte ${at}` };
}

function itemOf(bytes: Buffer, at: number): Item {
  try {
    const raw = BSON.deserialize(bytes, { fieldsAsRaw: Object.create(null), validation: { utf8: false } });
    return { doc: plainDocument(raw) };
  } catch (error) {
    return {
      unreadable: error instanceof BSON.BSONError ? 'The document is damaged' : (error as Error).message,
      where: `byte ${at}`
    };
  }
}
