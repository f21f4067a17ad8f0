import type { Doc } from '../storage/port.ts';
import { identityLookups, type Lookup } from './identity.ts';
import { upsert } from './mutations.ts';
import { withCreatedAt } from './profile.ts';
import { toIso } from './times.ts';
import { documentsOf, strictId, type Upload, type UploadContext, upload } from './upload.ts';

/**
 * `POST /food`: added as of now, whatever `created_at` was sent, unless it bears the id of a stored one, which it replaces.
 * @throws Refusal `bad-document`, `bad-id`
 */
export function postFood(body: unknown, { now }: UploadContext): Upload[] {
  return documentsOf(body).map((sent) => {
    const doc = { ...strictId(sent, true), created_at: toIso(now) };
    return upload(doc, upsert('food', doc, { onMatch: 'replace', lookups: foodLookups(doc) }));
  });
}

/** `PUT /food`: one object or many, each replaced by its id or added. @throws Refusal `bad-document`, `bad-id` */
export function putFood(body: unknown, { now }: UploadContext): Upload[] {
  return documentsOf(body).map((sent) => {
    const doc = withCreatedAt(strictId(sent, false), now);
    return upload(doc, upsert('food', doc, { onMatch: 'replace', lookups: foodLookups(doc) }));
  });
}

/** The identity rule (D3) without the fallback to `created_at`, which is the time of the upload and the same for a whole batch. */
export function foodLookups({ created_at: _, ...doc }: Doc): Lookup[] {
  return identityLookups('food', doc);
}
