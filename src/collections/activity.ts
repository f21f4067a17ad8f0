import type { Doc } from '../storage/port.ts';
import { identityLookups, type Lookup } from './identity.ts';
import { upsert } from './mutations.ts';
import { withCreatedAt } from './profile.ts';
import { documentOf, documentsOf, identical, strictId, type Upload, type UploadContext, upload } from './upload.ts';

/**
 * `POST /activity` (heart rate, steps). `created_at` stays as sent. The very same record again is the same one; xDrip+ names its
 * records in no other way.
 * @throws Refusal `bad-document`, `bad-id`
 */
export function postActivity(body: unknown, { now }: UploadContext): Upload[] {
  return documentsOf(body).map((sent) => {
    const doc = withCreatedAt(strictId(sent, true), now);
    return upload(doc, upsert('activity', doc, { onMatch: 'replace', lookups: activityLookups(doc, Boolean(sent.created_at)) }));
  });
}

/** `PUT /activity`: one object, replaced by its id or added. @throws Refusal `bad-document`, `bad-id` */
export function putActivity(body: unknown, { now }: UploadContext): Upload {
  const doc = withCreatedAt(strictId(documentOf(body), false), now);
  const lookups = identityLookups('activity', doc);
  return upload(doc, upsert('activity', doc, { onMatch: 'replace', lookups }));
}

/** @param timed the time is the sender's, not ours */
export const activityLookups = (doc: Doc, timed: boolean): Lookup[] => [
  ...identityLookups('activity', doc),
  ...(timed ? identical(doc, 'created_at') : [])
];
