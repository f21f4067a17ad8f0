import { type Fields, isFields, isoOf, millsOf } from './reading.ts';

/** Device statuses of a loop count this long, in minutes. */
export const OPENAPS_MINUTES = 6 * 60;

/** What one OpenAPS, AAPS or Trio status holds, each part with its `moment` where it has a time. */
export interface OpenapsView {
  readonly iob?: Fields;
  readonly suggested?: Fields;
  readonly enacted?: Fields;
  readonly [field: string]: unknown;
}

/** The instant of a part: `mills` if present, else `timestamp`; epoch ms. */
export function instantOf(part: Fields | undefined): number | undefined {
  return part && (millsOf(part.mills) ?? millsOf(part.timestamp));
}

/** A part with its `moment`; untouched when it has no time. */
export function withMoment(part: Fields): Fields {
  const mills = instantOf(part);
  return mills === undefined ? part : { ...part, moment: isoOf(mills) };
}

/** The `openaps` part of a device status as the answers show it. */
export function openapsView(openaps: Fields): OpenapsView {
  const view: Record<string, unknown> = { ...openaps };
  const iob: unknown = Array.isArray(openaps.iob) ? openaps.iob[0] : openaps.iob;
  if (isFields(iob))
    view.iob = withMoment(iob.timestamp === undefined && iob.time !== undefined ? { ...iob, timestamp: iob.time } : iob);
  else delete view.iob;
  for (const name of ['suggested', 'enacted'] as const) {
    const part = openaps[name];
    if (isFields(part)) view[name] = withPredictions(withMoment(part));
    else delete view[name];
  }
  return view;
}

/** Predictions share the instant of the decision; the old form, one list, becomes `values`. */
function withPredictions(part: Fields): Fields {
  const { predBGs, moment } = part;
  if (moment === undefined || typeof predBGs !== 'object' || predBGs === null) return part;
  return { ...part, predBGs: { ...(Array.isArray(predBGs) ? { values: predBGs } : predBGs), moment } };
}
