import type { RequestHandler } from 'express';
import { listDocuments } from './documents.ts';
import type { V1 } from './v1.ts';

/** `GET /devicestatus`: the newest 10. */
export const listDevicestatus = (v1: V1): RequestHandler =>
  listDocuments(v1, { collection: 'devicestatus', sort: [['created_at', -1]], fallback: () => 10 });
