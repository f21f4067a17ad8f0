import type { RequestHandler } from 'express';
import { first } from '../../collections/read.ts';
import { REGISTRY } from '../../collections/registry.ts';
import { modifiedAt, V3_COLLECTIONS, type V3Collection } from '../../collections/v3-document.ts';
import type { Services } from '../../services.ts';
import type { Storage } from '../../storage/port.ts';
import { identityOf } from '../middleware/credentials.ts';
import { sendResult } from './envelope.ts';

/**
 * GET /lastModified: when each collection the caller may read changed last, epoch ms. No Last-Modified header: AAPS's HTTP
 * cache would answer from memory.
 */
export function lastModified({ storage, now }: Services): RequestHandler {
  return async (_req, res) => {
    const who = identityOf(res);
    const srvDate = now();
    const times = await Promise.all(
      V3_COLLECTIONS.filter((name) => who.may(`api:${name}:read`)).map(
        async (name) => [name, await lastChange(storage, name, srvDate)] as const
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
  const field = REGISTRY[collection].fallbackDate;
  const [changed, removed, undated] = await Promise.all([
    first(storage, collection, newest),
    first(storage, 'tombstones', { ...newest, filter: { collection, ...newest.filter } }),
    // a date ahead of the clock would make every later change look old to the app
    field &&
      first(storage, collection, {
        filter: { srvModified: null, [field]: { $lte: field === 'date' ? now : new Date(now).toISOString() } },
        sort: [[field, -1]]
      })
  ]);
  const times = [changed, removed, undated].map((doc) => (doc ? (modifiedAt(collection, doc) ?? 0) : 0));
  return Math.max(...times);
}
