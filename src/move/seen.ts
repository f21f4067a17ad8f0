import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { canonicalId } from '../storage/object-id.ts';
import type { Doc } from '../storage/port.ts';

const BYTES = 8;

/**
 * Which documents of a collection a run has met, as 53-bit hashes: what comes twice is counted once, and a stored document that
 * only looks like an incoming one is known to be another one when the source has both. A wrong guess loses no document.
 */
export class Seen {
  readonly #hashes = new Set<number>();
  #waiting: number[] = [];
  readonly #handle: number | undefined;

  /**
   * @param file keeps them for the next run; undefined: they are forgotten
   * @param count how many of those in the file count: what was written after the last checkpoint does not
   */
  constructor(file?: string, count = 0) {
    if (file === undefined) return;
    this.#handle = openSync(file, 'a+', 0o600);
    ftruncateSync(this.#handle, count * BYTES);
    const kept = readFileSync(file);
    for (let at = 0; at + BYTES <= kept.length; at += BYTES) this.#hashes.add(kept.readDoubleLE(at));
  }

  has(key: string): boolean {
    return this.#hashes.has(hashOf(key));
  }

  /** @returns false when it was there already */
  add(key: string): boolean {
    const hash = hashOf(key);
    if (this.#hashes.has(hash)) return false;
    this.#hashes.add(hash);
    this.#waiting.push(hash);
    return true;
  }

  /** Writes down what was added. @returns how many there are now */
  save(): number {
    if (this.#handle !== undefined && this.#waiting.length > 0) {
      const bytes = Buffer.alloc(this.#waiting.length * BYTES);
      for (const [n, hash] of this.#waiting.entries()) bytes.writeDoubleLE(hash, n * BYTES);
      writeSync(this.#handle, bytes);
    }
    this.#waiting = [];
    return this.#hashes.size;
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
  }
}

/** What a source knows a document by; undefined: nothing. */
export function keyOf({ _id, identifier }: Doc): string | undefined {
  if (typeof _id === 'string' && _id !== '') return _id;
  return typeof identifier === 'string' && identifier !== '' ? identifier : undefined;
}

/** Public-domain 53-bit mix (cyrb53). */
function hashOf(name: string): number {
  const text = canonicalId(name);
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
