import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import { identityLookups, type Lookup } from './identity.ts';
import { upsert } from './mutations.ts';
import { parseTime, toIso } from './times.ts';
import { documentsOf, identical, strictId, type Upload, type UploadContext, upload } from './upload.ts';

/**
 * `POST /devicestatus`. A status of the same device at the same time is the same status (D3): what comes again is laid over it,
 * so that nothing an earlier upload said is lost.
 * @throws Refusal `bad-document`, `bad-id`
 */
export function postDevicestatus(body: unknown, { now, predictionsMaxSize }: UploadContext): Upload[] {
  return documentsOf(body).map((sent) => {
    const { doc, timed } = normaliseDevicestatus(strictId(sent, true), now);
    const status = cutPredictions(doc, predictionsMaxSize);
    return upload(status, upsert('devicestatus', status, { onMatch: 'merge', lookups: devicestatusLookups(status, timed) }));
  });
}

/**
 * `created_at` in UTC and `utcOffset` in minutes; a missing or unreadable time is now.
 * @param now epoch ms
 * @returns `timed`: the time is the sender's, not ours
 */
function normaliseDevicestatus(doc: Doc, now: number): { doc: Doc; timed: boolean } {
  const time = doc.created_at ? parseTime(doc.created_at) : undefined;
  return {
    doc: { ...doc, created_at: toIso(time?.mills ?? now), utcOffset: time?.offsetMinutes ?? 0 },
    timed: time !== undefined
  };
}

/** By id, by device and time, or (no device named) by saying the very same; a time of ours says nothing. */
export function devicestatusLookups(doc: Doc, timed: boolean): Lookup[] {
  if (timed) return [...identityLookups('devicestatus', doc), ...(doc.device ? [] : identical(doc, 'created_at'))];
  const { created_at: _, ...untimed } = doc;
  return identityLookups('devicestatus', untimed);
}

const CURVES = ['IOB', 'COB', 'UAM', 'ZT'];

/** Cuts the prediction curves of an OpenAPS status to `max` values each; 0 leaves them. */
function cutPredictions(doc: Doc, max: number): Doc {
  const { openaps } = doc;
  if (max <= 0 || !isPlainObject(openaps)) return doc;
  const cut = { ...openaps };
  for (const part of ['suggested', 'enacted']) {
    const proposal = openaps[part];
    if (!isPlainObject(proposal) || !isPlainObject(proposal.predBGs)) continue;
    const curves = Object.entries(proposal.predBGs).map(([name, values]) => [
      name,
      CURVES.includes(name) && Array.isArray(values) ? values.slice(0, max) : values
    ]);
    cut[part] = { ...proposal, predBGs: Object.fromEntries(curves) };
  }
  return { ...doc, openaps: cut };
}
