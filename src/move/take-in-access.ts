import { isDeepStrictEqual } from 'node:util';
import type { AccessAdmin } from '../access/admin.ts';
import { Refusal } from '../errors.ts';
import type { Doc, Storage } from '../storage/port.ts';
import type { Verdict } from './verdict.ts';

/**
 * Takes in a subject or role, with its `_id`: access tokens are derived from it. What is there already stays: an import must not
 * give or take rights somebody has set here.
 * @throws Refusal `storage-away`
 */
export async function takeInAccess(storage: Storage, admin: AccessAdmin, name: 'subjects' | 'roles', doc: Doc): Promise<Verdict> {
  if (doc._id === undefined) return { what: 'refused', detail: 'It has no _id' };
  const alike = await storage.candidates(name, [
    { _id: doc._id },
    ...(name === 'roles' && typeof doc.name === 'string' ? [{ name: doc.name }] : [])
  ]);
  const [stored] = alike;
  if (stored) return isDeepStrictEqual(stripped(stored), stripped(doc)) ? { what: 'same' } : { what: 'newer' };
  try {
    await admin[name].update(doc);
    return { what: 'new' };
  } catch (error) {
    if (!(error instanceof Refusal) || error.status >= 500) throw error;
    return { what: 'refused', detail: error.message };
  }
}

/** Without what a list of subjects shows beside; a document that had no `created_at` has been given one. */
const stripped = ({ accessToken: _a, lastUsed: _l, created_at: _c, ...doc }: Doc): Doc => doc;
