import { identifierOf, modifiedAt } from '../../collections/v3-document.ts';
import { Refusal } from '../../errors.ts';
import { addressLookups, addressOf } from './address.ts';
import { bodyOf } from './body.ts';
import { writeConditions } from './conditional.ts';
import { locationOf } from './create.ts';
import { sendStatus, setLastModified } from './envelope.ts';
import { readDocument } from './normalize.ts';
import type { Operation } from './operation.ts';
import { insertDecision, replaceDecision } from './replace.ts';
import type { Tools } from './tools.ts';

/** PUT: replaces the addressed document, or stores it under that identifier. */
export function update({ services, prune }: Tools): Operation {
  const { createdAtFallbackEnabled: createdAt } = services.config.api3;
  return async ({ req, res, collection, who }) => {
    const unchanged = writeConditions(req);
    const address = addressOf(req.params.identifier);
    const doc = readDocument(bodyOf(req), { createdAt });
    const writer = { who, collection };
    const [outcome] = await services.commit(collection, 'v3', [
      {
        lookups: addressLookups(address),
        decide: (stored) => {
          if (!stored) {
            unchanged(undefined, false);
            return insertDecision({ ...doc, identifier: address.bare?.identifier ?? address.identifier }, writer);
          }
          if (stored.isValid === false) throw new Refusal('gone');
          const modified = modifiedAt(collection, stored);
          unchanged(modified);
          if (doc._id !== undefined && doc._id !== stored._id)
            throw new Refusal('bad-document', 'Field _id cannot be modified by the client');
          // the path says which document is meant; what the body says does not count
          const body = { ...doc, identifier: identifierOf(stored) };
          return replaceDecision(
            body,
            stored,
            writer,
            typeof stored.srvCreated === 'number' || modified === undefined ? {} : { srvCreated: modified }
          );
        }
      }
    ]);
    const stored = outcome!.doc!;
    const lastModified = Number(stored.srvModified);
    setLastModified(res, lastModified);
    if (outcome!.op === 'create') {
      const identifier = identifierOf(stored);
      res.setHeader('Location', locationOf(services.config, collection, identifier));
      sendStatus(res, 201, { identifier, lastModified });
    } else sendStatus(res, 200, { lastModified });
    prune(collection);
  };
}
