import type { Doc } from '../storage/port.ts';
import type { Cal, Mbg, Sgv } from './live.ts';
import { instant, numberOf } from './timed.ts';

/** An entry sorted into the list it belongs to. */
export type Reading =
  | { readonly list: 'sgvs'; readonly item: Sgv }
  | { readonly list: 'mbgs'; readonly item: Mbg }
  | { readonly list: 'cals'; readonly item: Cal };

type Whole = Doc & { _id: string };

/**
 * A stored entry as the root socket shows it (socket-v1.md §13.3): a meter value makes an mbg, a sensor value an sgv (mg/dl,
 * error codes below 39 unchanged), type `cal` a calibration.
 * @param obscure shown in place of `device`; empty: the device itself
 * @returns undefined for any other entry, and for one without a readable time or value
 */
export function reading(doc: Whole, obscure: string): Reading | undefined {
  const mills = instant(doc.date);
  if (mills === undefined) return undefined;
  if (doc.mbg || doc.sgv) {
    const mgdl = numberOf(doc.mbg || doc.sgv);
    if (!Number.isFinite(mgdl)) return undefined;
    const device = obscure || doc.device;
    const base = { _id: doc._id, mgdl, mills, ...(device !== undefined && { device: device as string }) };
    if (doc.mbg) return { list: 'mbgs', item: { ...base, type: 'mbg' } };
    return {
      list: 'sgvs',
      item: { ...base, ...pick(doc, ['direction', 'filtered', 'unfiltered', 'noise', 'rssi']), type: 'sgv' }
    };
  }
  if (doc.type !== 'cal') return undefined;
  return { list: 'cals', item: { _id: doc._id, mills, ...pick(doc, ['scale', 'intercept', 'slope']), type: 'cal' } };
}

function pick(doc: Doc, fields: readonly string[]): Record<string, never> {
  return Object.fromEntries(fields.filter((field) => doc[field] !== undefined).map((field) => [field, doc[field] as never]));
}
