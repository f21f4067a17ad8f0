import type { Timed } from '../live/live.ts';
import { inDeviceWindow } from './device-window.ts';
import { fieldsOf, millsOf, newest, numberOf, textOf } from './reading.ts';

/** Carbs on board as a looping device reported them, g. */
export interface DeviceCob {
  readonly cob: number;
  readonly source: 'OpenAPS' | 'Loop';
  readonly device?: string | undefined;
  readonly mills: number;
}

/** The newest report by its own time within the last half hour. */
export function deviceCob(statuses: readonly Timed[], time: number): DeviceCob | undefined {
  const reports = statuses.filter((status) => inDeviceWindow(status, time)).flatMap((status) => report(status, time) ?? []);
  return newest(reports, ({ mills }) => mills);
}

function report(status: Timed, time: number): DeviceCob | undefined {
  const device = textOf(status.device);
  const openaps = fieldsOf(status.openaps);
  const suggested = fieldsOf(openaps.suggested);
  const enacted = fieldsOf(openaps.enacted);
  const later = (millsOf(enacted.timestamp) ?? -Infinity) > (millsOf(suggested.timestamp) ?? -Infinity) ? enacted : suggested;
  const cob = numberOf(later.COB);
  if (cob !== undefined) return { cob, source: 'OpenAPS', device, mills: millsOf(later.timestamp) ?? status.mills };
  const loop = fieldsOf(fieldsOf(status.loop).cob);
  const grams = numberOf(loop.cob);
  return grams === undefined
    ? undefined
    : { cob: grams, source: 'Loop', device, mills: millsOf(loop.timestamp) ?? Math.min(status.mills, time) };
}
