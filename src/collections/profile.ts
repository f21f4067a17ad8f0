import type { Doc } from '../storage/port.ts';
import { identityLookups, type Lookup } from './identity.ts';
import { upsert } from './mutations.ts';
import { toIso } from './times.ts';
import { documentOf, documentsOf, identical, strictId, type Upload, type UploadContext, upload } from './upload.ts';

/**
 * `POST /profile`: added, unless it bears the id of a stored one or says the very same at the same time. The time alone is no
 * identity here: it is mostly that of the upload.
 * @throws Refusal `bad-document`, `bad-id`
 */
export function postProfile(body: unknown, { now }: UploadContext): Upload[] {
  return documentsOf(body).map((sent) => {
    const doc = withCreatedAt(strictId(sent, true), now);
    const lookups = [...profileLookups(doc), ...(sent.created_at ? identical(doc, 'created_at') : [])];
    return upload(doc, upsert('profile', doc, { onMatch: 'replace', lookups }));
  });
}

/** `PUT /profile`: one object, replaced by its id or added. @throws Refusal `bad-document`, `bad-id` */
export function putProfile(body: unknown, { now }: UploadContext): Upload {
  const doc = withCreatedAt(strictId(documentOf(body), false), now);
  return upload(doc, upsert('profile', doc, { onMatch: 'replace', lookups: profileLookups(doc) }));
}

/** The identity rule (D3) without the fallback to `created_at`, which serves v3 and imports. */
export function profileLookups({ created_at: _, ...doc }: Doc): Lookup[] {
  return identityLookups('profile', doc);
}

/** The document with a `created_at`: its own as sent, else now. @param now epoch ms */
export const withCreatedAt = (doc: Doc, now: number): Doc => (doc.created_at ? doc : { ...doc, created_at: toIso(now) });
