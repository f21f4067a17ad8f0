import { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import type { Doc } from '../../storage/port.ts';

/** A change of a document on its way out; undefined where documents leave as they are stored, which is much cheaper. */
export type Adjust = ((doc: Doc) => Doc) | undefined;

/**
 * DE_NORMALIZE_DATES: a time is shown in the zone it was uploaded in, `2024-03-31T11:15:00.000+02:00`, and `utcOffset` (minutes)
 * goes away.
 */
export function deNormalize(doc: Doc, field: 'dateString' | 'created_at'): Doc {
  const { utcOffset, ...rest } = doc;
  const text = rest[field];
  if (typeof text !== 'string' || typeof utcOffset !== 'number') return doc;
  const time = DateTime.fromISO(text, { zone: 'utc' });
  if (!time.isValid) return doc;
  const local = new Date(time.toMillis() + utcOffset * 60_000).toISOString().slice(0, -1);
  const minutes = Math.abs(Math.trunc(utcOffset));
  const zone = `${utcOffset < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return { ...rest, [field]: `${local}${zone}` };
}

/** What entries need on their way out: OBSCURE_DEVICE_PROVENANCE replaces `device`, also where it is missing. */
export function entryAdjust({ deNormalizeDates, obscureDeviceProvenance }: Config): Adjust {
  if (!deNormalizeDates && obscureDeviceProvenance === '') return undefined;
  return (doc) => {
    const shown = deNormalizeDates ? deNormalize(doc, 'dateString') : doc;
    return obscureDeviceProvenance === '' ? shown : { ...shown, device: obscureDeviceProvenance };
  };
}

/** What other collections need on their way out. */
export const createdAtAdjust = ({ deNormalizeDates }: Config): Adjust =>
  deNormalizeDates ? (doc) => deNormalize(doc, 'created_at') : undefined;
