import type { Mutation } from '../../collections/commit.ts';
import { identityLookups, type Lookup } from '../../collections/identity.ts';
import { REGISTRY } from '../../collections/registry.ts';
import type { V3Collection } from '../../collections/v3-document.ts';
import { identifierOf } from '../../collections/v3-document.ts';
import type { Config } from '../../config/config.ts';
import type { Doc } from '../../storage/port.ts';
import { bodyOf } from './body.ts';
import { sendStatus, setLastModified } from './envelope.ts';
import { readDocument, withIdentifier } from './normalize.ts';
import type { Operation } from './operation.ts';
import { insertDecision, replaceDecision, type Writer } from './replace.ts';
import type { Tools } from './tools.ts';
import { isSameDocument } from './validate.ts';

/** POST: stores a new document, or replaces the one that is the same (201 or 200 with `isDeduplication`). */
export function create({ services, prune }: Tools): Operation {
  const { createdAtFallbackEnabled: createdAt, dedupFallbackEnabled } = services.config.api3;
  return async ({ req, res, collection, who }) => {
    const doc = withIdentifier(readDocument(bodyOf(req), { createdAt }));
    const mutation = createMutation(doc, { who, collection }, dedupFallbackEnabled);
    const [outcome] = await services.commit(collection, 'v3', [mutation]);
    const stored = outcome!.doc!;
    const { identifier } = doc;
    const lastModified = Number(stored.srvModified);
    setLastModified(res, lastModified);
    res.setHeader('Location', locationOf(services.config, collection, identifier));
    if (outcome!.op === 'create') sendStatus(res, 201, { identifier, lastModified });
    else {
      const before = identifierOf({ ...outcome!.previous, _id: stored._id });
      sendStatus(res, 200, {
        lastModified,
        identifier,
        isDeduplication: true,
        ...(before !== identifier && { deduplicatedIdentifier: before })
      });
    }
    prune(collection);
  };
}

/** Where a document can be read; identifiers may hold letters no header can. */
export const locationOf = ({ basePath }: Pick<Config, 'basePath'>, collection: V3Collection, identifier: string): string =>
  `${basePath}/api/v3/${collection}/${encodeURIComponent(identifier)}`;

function createMutation(doc: Doc & { identifier: string }, writer: Writer, fallback: boolean): Mutation {
  return {
    lookups: createLookups(writer.collection, doc, fallback),
    decide: (stored) => (stored ? replaceDecision(doc, stored, writer, { exceptIdentifier: true }) : insertDecision(doc, writer))
  };
}

/** The identity rule of all doors (D3), where a weak key counts only for what can be the same document. */
function createLookups(collection: V3Collection, doc: Doc, fallback: boolean): Lookup[] {
  const fallbackKey = REGISTRY[collection].fallbackKey?.toSorted().join();
  return identityLookups(collection, doc).flatMap(({ key, accept }) => {
    if ('identifier' in key || '_id' in key) return [{ key, ...(accept && { accept }) }];
    if (!fallback && Object.keys(key).sort().join() === fallbackKey) return [];
    return [{ key, accept: (stored: Doc) => (accept?.(stored) ?? true) && isSameDocument(doc, stored) }];
  });
}
