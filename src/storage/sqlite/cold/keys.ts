import type { Doc, StoreName } from '../../port.ts';
import type { Driver } from '../driver.ts';
import { ID_FIELDS, type Summary } from './summary.ts';

/** 48 bits of a value under a field of a collection: one that meets by chance costs opening a block in vain, no more. */
export function hashOf(collection: StoreName, field: string, value: string | number): number {
  const text = `${collection}\0${field}\0${typeof value === 'number' ? '#' : ''}${value}`;
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b & 0xffff) * 0x1_0000_0000 + (a >>> 0);
}

/** The hashes under which the documents of a block are found: of the apps' ids, and of `_id` where its range does not serve. */
export function hashesOf(collection: StoreName, docs: readonly Doc[], summary: Summary): Set<number> {
  const fields = [...ID_FIELDS, ...(summary.ids ? [] : ['_id'])];
  const hashes = new Set<number>();
  for (const doc of docs) {
    for (const field of fields) {
      const value = doc[field];
      if (typeof value === 'string' || typeof value === 'number') hashes.add(hashOf(collection, field, value));
    }
  }
  return hashes;
}

export function blocksUnder(driver: Driver, hash: number): Set<number> {
  const rows = driver.prepare('SELECT block FROM cold_keys WHERE hash = ?').all(hash) as { block: number }[];
  return new Set(rows.map(({ block }) => block));
}
