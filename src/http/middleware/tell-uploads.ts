import type { Request, RequestHandler } from 'express';
import { createClientAddress } from '../../access/client-address.ts';
import type { Door } from '../../bus/events.ts';
import type { Services } from '../../services.ts';
import { COLLECTIONS, type CollectionName } from '../../storage/port.ts';

const PATH = /^\/api\/(v[123])\/([a-z]+)/i;
const NAMES: ReadonlySet<string> = new Set(COLLECTIONS);
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The door of a request and the collection it is about, by its address; undefined where it is about none. */
function targetOf({ originalUrl }: Request): { readonly door: Door; readonly collection: CollectionName } | undefined {
  const [, door, name] = PATH.exec(originalUrl) ?? [];
  const collection = name?.toLowerCase();
  return collection !== undefined && NAMES.has(collection)
    ? { door: door!.toLowerCase() as Door, collection: collection as CollectionName }
    : undefined;
}

/** Tells the bus who sent an upload, when it was answered. Reads pass at once. */
export function tellUploads({ bus, config }: Pick<Services, 'bus' | 'config'>): RequestHandler {
  const addressOf = createClientAddress(config.trustProxy);
  return (req, res, next) => {
    const target = READS.has(req.method) || req.method === 'DELETE' ? undefined : targetOf(req);
    if (target)
      res.once('finish', () => {
        if (res.statusCode >= 300) return;
        bus.publish('uploaded', {
          ...target,
          sender: { userAgent: req.headers['user-agent'], address: addressOf(req) },
          body: req.body as unknown
        });
      });
    next();
  };
}
