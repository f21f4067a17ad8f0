import type { Timed } from '../live/live.ts';
import { deviceIob } from './iob-device.ts';
import { treatmentIob } from './iob-treatments.ts';
import type { Plugin } from './plugin.ts';
import type { Sandbox } from './sandbox.ts';

/** Insulin on board, U. */
export interface Iob {
  readonly iob: number;
  readonly basaliob?: number;
  /** Fall of glucose per minute it causes, in the profile's units (a device gives U per minute). */
  readonly activity?: number;
  readonly lastBolus?: Timed | null;
  readonly source?: string;
  readonly device?: string;
  readonly mills?: number;
  /** What the treatments add up to, beside a device's value. */
  readonly treatmentIob?: number;
}

/** Insulin on board: as the looping device says, else added up from the treatments. */
export const iob: Plugin = {
  name: 'iob',
  offers: ['iob'],
  compute(sandbox) {
    const total = iobAt(sandbox, sandbox.time);
    if (!total) return { iob: {} };
    const display = total.iob === 0 ? '0' : total.iob.toFixed(2).replace('-0.00', '0.00');
    return { iob: { ...total, display, displayLine: `IOB: ${display}U` } };
  }
};

/** The `iob` property as computed before in this cycle: undefined when the feature is off, without `iob` when nothing is known. */
export function iobOf(sandbox: Sandbox): (Partial<Iob> & { display?: string; displayLine?: string }) | undefined {
  return sandbox.properties.iob as Partial<Iob> | undefined;
}

/** Insulin on board at an instant (epoch ms); undefined without any device value and without treatments. */
export function iobAt(sandbox: Sandbox, time: number): Iob | undefined {
  const { data, profile } = sandbox;
  const device = deviceIob(data.devicestatus, time);
  const treatments =
    data.treatments.length > 0
      ? treatmentIob(data.treatments, time, profile.dia(time), profile.value('sens', time) ?? 0)
      : undefined;
  if (!device) return treatments;
  return { ...device, iob: round3(device.iob), ...(treatments?.iob ? { treatmentIob: treatments.iob } : {}) };
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
