import { modifiedAt, presentDoc, type V3Collection } from '../../collections/v3-document.ts';
import { Refusal } from '../../errors.ts';
import type { Doc, Storage } from '../../storage/port.ts';
import { addressLookups, addressOf } from './address.ts';
import { notModifiedSince, sendNotModified } from './conditional.ts';
import { sendResult, setLastModified } from './envelope.ts';
import { project, readFields } from './fields.ts';
import { formatOf, sendAs, setExtension } from './format.ts';
import { need, type Operation } from './operation.ts';
import type { Tools } from './tools.ts';

/** GET of one document. */
export function read({ services }: Tools): Operation {
  return async ({ req, res, collection, who, params }) => {
    need(who, `api:${collection}:read`);
    // settings belong to one person: reading a single one is no easier than listing them (D18)
    if (collection === 'settings') need(who, 'api:settings:admin');
    res.vary('Accept');
    const fields = readFields(params);
    const doc = await find(services.storage, collection, req.params.identifier, (extension) => setExtension(req, extension));
    if (!doc) throw new Refusal('not-found');
    if (doc.isValid === false) throw new Refusal('gone');
    const modified = modifiedAt(collection, doc);
    setLastModified(res, modified);
    if (notModifiedSince(req, modified)) return sendNotModified(res);
    const format = formatOf(req);
    const shown = project(presentDoc(collection, doc), fields);
    if (format === 'json') sendResult(res, JSON.stringify(shown));
    else sendAs(res, format, shown);
  };
}

async function find(
  storage: Storage,
  collection: V3Collection,
  segment: unknown,
  onExtension: (extension: string) => void
): Promise<Doc | undefined> {
  const address = addressOf(segment);
  const lookups = addressLookups(address);
  const candidates = await storage.candidates(
    collection,
    lookups.map(({ key }) => key)
  );
  for (const { key } of lookups) {
    const [field, value] = Object.entries(key)[0]!;
    const found = candidates.filter((doc) => doc[field] === value);
    const best = found.find((doc) => doc.isValid !== false) ?? found[0];
    if (!best) continue;
    if (address.bare && value !== address.identifier) onExtension(address.bare.extension);
    return best;
  }
  // an app that is told "not found" drops its copy
  if (candidates.mayMiss && lookups.some(({ key }) => candidates.mayMiss?.(key)))
    throw new Refusal('storage-away', undefined, 30);
  return undefined;
}
