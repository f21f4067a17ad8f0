import { scryptSync } from 'node:crypto';
import type { Config } from './config.ts';

/**
 * What all processes of one site know and no other site does, worked out from what they share anyway. Slow on purpose: the
 * result is seen by others (names in Redis, tokens of apps) and must not help in guessing the API secret.
 * @param purpose different purposes give unrelated keys
 * @param bytes how long
 * @returns hex
 */
export const siteKey = (apiSecret: string, purpose: string, bytes: number): string =>
  scryptSync(apiSecret, `vigil ${purpose}`, bytes).toString('hex');

/** Start of every name in Redis: the same in all processes of a site (API secret, database and collections), else different. */
export function defaultRedisPrefix(apiSecret: string, { uri, collections }: NonNullable<Config['mongo']>): string {
  const database = /^[^:]+:\/\/[^/?]+\/([^/?]+)/.exec(uri)?.[1] ?? 'test';
  return `vigil:${database}:${siteKey(apiSecret, JSON.stringify([database, collections]), 8)}`;
}
