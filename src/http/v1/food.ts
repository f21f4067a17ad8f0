import type { RequestHandler } from 'express';
import type { Filter, Query } from '../../storage/query.ts';
import { sendDocuments } from './documents.ts';
import type { V1 } from './v1.ts';

/** The three lists of foods; quick picks count as shown only with the text `"false"`, as the editor stores it. */
const LISTS: Readonly<Record<'all' | 'quickpicks' | 'regular', Query>> = {
  all: { filter: {} },
  quickpicks: { filter: { type: 'quickpick', hidden: 'false' } satisfies Filter, sort: [['position', 1]] },
  regular: { filter: { type: 'food' } satisfies Filter }
};

/** `GET /food`, `/food/quickpicks`, `/food/regular`; the query is not looked at. */
export const listFood =
  (v1: V1, list: keyof typeof LISTS): RequestHandler =>
  (req, res) =>
    sendDocuments(v1, req, res, 'food', LISTS[list]);
