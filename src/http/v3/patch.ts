import { normalizeDuration } from '../../collections/duration.ts';
import { admit } from '../../collections/incoming.ts';
import { patch as setFields } from '../../collections/mutations.ts';
import { modifiedAt } from '../../collections/v3-document.ts';
import { Refusal } from '../../errors.ts';
import { addressLookups, addressOf } from './address.ts';
import { bodyOf } from './body.ts';
import { writeConditions } from './conditional.ts';
import { sendStatus, setLastModified } from './envelope.ts';
import { need, type Operation } from './operation.ts';
import type { Tools } from './tools.ts';
import { checkFields, checkIdentifierType, checkImmutable, checkReadOnly } from './validate.ts';

/** PATCH: sets the given fields of the addressed document (dotted names reach inside); never stores a new one. */
export function patch({ services, prune }: Tools): Operation {
  return async ({ req, res, collection, who }) => {
    const body = bodyOf(req);
    need(who, `api:${collection}:update`);
    if (Array.isArray(body)) throw new Refusal('bad-document', 'Bad or missing request body');
    if ('_id' in body) throw new Refusal('bad-document', 'Field _id cannot be modified by the client');
    checkIdentifierType(body);
    const unchanged = writeConditions(req);
    const fields = admit(body);
    const [outcome] = await services.commit(collection, 'v3', [
      {
        lookups: addressLookups(addressOf(req.params.identifier)),
        decide: (stored, now) => {
          if (!stored) throw new Refusal('not-found');
          if (stored.isValid === false) throw new Refusal('gone');
          unchanged(modifiedAt(collection, stored));
          checkReadOnly(stored);
          checkImmutable(collection, fields, stored);
          checkFields(fields, { partial: true });
          // unchanged by now, and a v1-born document goes on being known by its _id alone
          const { identifier: _, ...rest } = fields;
          const set = {
            ...rest,
            ...normalizeDuration(rest, stored),
            ...(who.subjectName !== undefined && { modifiedBy: who.subjectName })
          };
          return setFields(stored._id, set).decide(stored, now);
        }
      }
    ]);
    setLastModified(res, Number(outcome!.doc!.srvModified));
    sendStatus(res, 200);
    prune(collection);
  };
}
