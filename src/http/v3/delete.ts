import { modifiedAt } from '../../collections/v3-document.ts';
import { Refusal } from '../../errors.ts';
import { addressLookups, addressOf } from './address.ts';
import { writeConditions } from './conditional.ts';
import { sendStatus } from './envelope.ts';
import { need, type Operation } from './operation.ts';
import type { Tools } from './tools.ts';
import { checkReadOnly } from './validate.ts';

/** DELETE: marks the addressed document invalid, so that other devices hear of it; `permanent=true` removes it. */
export function remove({ services, prune }: Tools): Operation {
  return async ({ req, res, collection, who, params }) => {
    need(who, `api:${collection}:delete`);
    const unchanged = writeConditions(req);
    const permanent = params.get('permanent') === 'true';
    await services.commit(collection, 'v3', [
      {
        lookups: addressLookups(addressOf(req.params.identifier)),
        decide: (stored) => {
          if (!stored) throw new Refusal('not-found');
          unchanged(modifiedAt(collection, stored));
          checkReadOnly(stored);
          if (permanent) return { do: 'remove' };
          const doc = { ...stored, isValid: false, ...(who.subjectName !== undefined && { modifiedBy: who.subjectName }) };
          return { do: 'store', as: 'delete', doc };
        }
      }
    ]);
    sendStatus(res, 200);
    prune(collection);
  };
}
