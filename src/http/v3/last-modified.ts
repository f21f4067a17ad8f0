import type { RequestHandler } from 'express';
import { first } from '../../collections/read.ts';
import { REGISTRY } from '../../collections/registry.ts';
import { modifiedAt, V3_COLLECTIONS, type V3Collection } from '../../collections/v3-document.ts';
import type { Doc, Storage } from '../../storage/port.ts';
import { identityOf } from '../middleware/credentials.ts';
import { sendResult } from './envelope.ts';
import type { Tools } from './tools.ts';

/**
 * GET /lastModified: when each collection the caller may read changed last, epoch ms. No Last-Modified header: AAPS's HTTP
 * cache would answer from memory.
 */
export function lastModified({ services: { storage, now }, pages }: Pick<Tools, 'services' | 'pages'>): RequestHandler {
  const timeOf = async (name: V3Collection, srvDate: number): Promise<number> => {
    const known = await pages.get(name, 'lastModified', async () => {
      const time = await lastChange(storage, name, srvDate);
      return { type: 'application/json', body: String(time), modified: time };
    });
    return known.modified ?? 0;
  };
  return async (_req, res) => {
    const who = identityOf(res);
    const srvDate = now();
    const times = await Promise.all(
      V3_COLLECTIONS.filter((name) => who.may(`api:${name}:read`)).map(
        async (name) => [name, await timeOf(name, srvDate)] as const
      )
    );
    const collections: Record<string, number> = {};
    for (const [name, time] of times) {
      if (!time) continue;
      collections[name] = time;
    }
    sendResult(res, JSON.stringify({ srvDate, collections }));
  };
}

/** The latest of stored changes, hard deletes, and the dates of documents the reference wrote (epoch ms; 0: nothing there). */
async function lastChange(storage: Storage, collection: V3Collection, now: number): Promise<number> {
  const newest = { filter: { srvModified: { $gt: 0 } }, sort: [['srvModified', -1]] } as const;
  const timeOf = (doc: Doc | undefined): number => (doc ? (modifiedAt(collection, doc) ?? 0) : 0);
  const [changed, removed] = await Promise.all([
    first(storage, collection, newest),
    first(storage, 'tombstones', { ...newest, filter: { collection, ...newest.filter } })
  ]);
  const known = Math.max(timeOf(changed), timeOf(removed));
  const field = REGISTRY[collection].fallbackDate;
  if (!field) return known;
  const value = (ms: number): unknown => (field === 'date' ? ms : new Date(ms).toISOString());
  // older ones do not matter; a date ahead of the clock would make every later change look old to the app
  const undated = await first(storage, collection, {
    filter: { srvModified: null, [field]: { $gt: value(known), $lte: value(now) } },
    sort: [[field, -1]]
  });
  return Math.max(known, timeOf(undated));
}
