import type { Request, RequestHandler } from 'express';
import { remove } from '../../collections/mutations.ts';
import { removeWhere } from '../../collections/read.ts';
import { Refusal } from '../../errors.ts';
import { isObjectId } from '../../storage/object-id.ts';
import type { CollectionName } from '../../storage/port.ts';
import { isPlainObject } from '../../storage/query.ts';
import { isEntryId } from './entries.ts';
import type { Findable } from './find-rules.ts';
import { filterOf, paramsOf, type V1 } from './v1.ts';

/** @throws Refusal `bad-id` in the reference's words */
function demandObjectId(id: string): void {
  if (!isObjectId(id)) throw new Refusal('bad-id', `Must be 24-character hex string. Got: ${String(id).slice(0, 100)}`);
}

/** The conditions of a DELETE. @throws Refusal `bad-query` when `find` is no object */
function conditions(req: Request): Record<string, unknown> {
  const { find } = paramsOf(req);
  if (find !== undefined && !isPlainObject(find)) throw new Refusal('bad-query', 'find needs a field: find[type]=sgv');
  return find ?? {};
}

async function removeAndAnswer(v1: V1, collection: Findable, find: Record<string, unknown>): Promise<object> {
  const filter = filterOf(v1, collection, find, 'delete');
  return { acknowledged: true, deletedCount: await removeWhere(v1.storage, v1.commit, collection, v1.door, filter) };
}

/** `DELETE` of a collection by `find`; `count` is not looked at. Without any condition nothing is deleted (D11). */
export function deleteByFind(v1: V1, collection: Findable): RequestHandler {
  return async (req, res) => {
    const find = conditions(req);
    if (Object.keys(find).length === 0) throw new Refusal('missing-filter', 'DELETE needs an id or a find; nothing was deleted');
    res.json(await removeAndAnswer(v1, collection, find));
  };
}

/** `DELETE /entries/:spec`: one by id, those of a type, or `*` for all types (in the default window, if no date is given). */
export function deleteEntries(v1: V1): RequestHandler {
  return async (req, res) => {
    const spec = String(req.params.spec);
    const find = isEntryId(spec) ? { _id: spec } : { ...conditions(req), ...(spec !== '*' && { type: spec }) };
    res.json(await removeAndAnswer(v1, 'entries', find));
  };
}

/** `DELETE /treatments/:id`: by `_id`, or by the UUID of a Loop override; `*` leaves it to `find`. 200 also when it is gone. */
export function deleteTreatment(v1: V1): RequestHandler {
  return async (req, res) => {
    const id = String(req.params.id);
    res.json(await removeAndAnswer(v1, 'treatments', { ...conditions(req), ...(id !== '*' && { _id: id }) }));
  };
}

/** `DELETE /devicestatus/:id`: an id of 24 hex digits or `*`. */
export function deleteDevicestatus(v1: V1): RequestHandler {
  return async (req, res) => {
    const id = String(req.params.id);
    if (id !== '*') demandObjectId(id);
    res.json(await removeAndAnswer(v1, 'devicestatus', { ...conditions(req), ...(id !== '*' && { _id: id }) }));
  };
}

/** `DELETE /profile/:_id`, `/food/:_id`, `/activity/:_id`: always `{}`. */
export function deleteById(v1: V1, collection: Extract<CollectionName, 'profile' | 'food' | 'activity'>): RequestHandler {
  return async (req, res) => {
    const id = String(req.params._id);
    demandObjectId(id);
    await v1.commit(collection, v1.door, [remove(id)]);
    res.json({});
  };
}
