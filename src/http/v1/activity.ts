import type { RequestHandler } from 'express';
import { createdTime, listDocuments } from './documents.ts';
import type { V1 } from './v1.ts';

/** `GET /activity`: everything of the window. */
export const listActivity = (v1: V1): RequestHandler =>
  listDocuments(v1, {
    collection: 'activity',
    sort: [['created_at', -1]],
    fallback: () => Number.POSITIVE_INFINITY,
    timeOf: createdTime
  });
