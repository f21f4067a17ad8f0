import type { Timed } from '../live/live.ts';
import { inDeviceWindow } from './device-window.ts';
import { type Fields, fieldsOf, isFields, millsOf, newest, numberOf, textOf } from './reading.ts';

/** Insulin on board as a looping device reported it, U. */
export interface DeviceIob {
  readonly iob: number;
  readonly basaliob?: number;
  readonly activity?: number;
  readonly source?: string;
  readonly device?: string;
  readonly mills: number;
}

/** The newest report of the last half hour; Loop's own value goes before any other. Undefined when there is none. */
export function deviceIob(statuses: readonly Timed[], time: number): DeviceIob | undefined {
  const reports = statuses.filter((status) => inDeviceWindow(status, time)).flatMap((status) => report(status, time) ?? []);
  const loop = reports.filter(({ source }) => source === 'Loop');
  return newest(loop.length > 0 ? loop : reports, ({ mills }) => mills);
}

function report(status: Timed, time: number): DeviceIob | undefined {
  const openaps = firstOf(fieldsOf(status.openaps).iob);
  if (openaps) return openapsReport(openaps, status, time);
  const loop = fieldsOf(status.loop).iob;
  const device = textOf(status.device);
  if (isFields(loop))
    return valid({ iob: numberOf(loop.iob), source: 'Loop', device, mills: timeOf(loop.timestamp, status, time) });
  const pump = fieldsOf(status.pump).iob;
  if (!isFields(pump)) return undefined;
  const iob = numberOf(pump.iob) || (numberOf(pump.bolusiob) ?? numberOf(pump.iob));
  return valid({ iob, ...(status.connect ? { source: 'MM Connect' } : {}), device, mills: status.mills });
}

function openapsReport(openaps: Fields, status: Timed, time: number): DeviceIob | undefined {
  return valid({
    iob: numberOf(openaps.iob),
    basaliob: numberOf(openaps.basaliob),
    activity: numberOf(openaps.activity),
    source: 'OpenAPS',
    device: textOf(status.device),
    mills: timeOf(openaps.timestamp ?? openaps.time, status, time)
  });
}

/** OpenAPS sends a forecast as a list; its first element is now. */
function firstOf(iob: unknown): Fields | undefined {
  const value: unknown = Array.isArray(iob) ? iob[0] : iob;
  return isFields(value) ? value : undefined;
}

/** A report without a time of its own is of now; with one nobody can read, of its status. */
function timeOf(timestamp: unknown, status: Timed, time: number): number {
  return timestamp === undefined || timestamp === null ? time : (millsOf(timestamp) ?? status.mills);
}

function valid(candidate: { [K in keyof DeviceIob]?: DeviceIob[K] | undefined } & { mills: number }): DeviceIob | undefined {
  return candidate.iob === undefined ? undefined : (candidate as DeviceIob);
}
