import { deviceCob } from './cob-device.ts';
import { treatmentCob } from './cob-treatments.ts';
import type { Plugin } from './plugin.ts';
import type { Sandbox } from './sandbox.ts';

/** A device's word on carbs counts this long. */
const DEVICE_MS = 10 * 60_000;

/**
 * Carbs on board, g: as the looping device says, else worked out from the treatments. Needs a profile with sensitivity and ratio;
 * on a site that has none yet, carbs simply go down at the usual rate, so that followers (nightguard) see a number.
 */
export const cob: Plugin = {
  name: 'cob',
  offers: ['cob'],
  compute(sandbox) {
    const { data, time, profile } = sandbox;
    if (data.profiles.length > 0 && (!profile.value('sens', time) || !profile.value('carbratio', time))) return { cob: {} };
    const device = deviceCob(data.devicestatus, time);
    if (device && time - device.mills <= DEVICE_MS) return { cob: shown(device) };
    const treatments = data.treatments.length > 0 ? treatmentCob(sandbox) : undefined;
    // a zero nobody asked for would say "no carbs" on a site that never enters any
    const known = treatments && (data.profiles.length > 0 || treatments.lastCarbs !== null);
    return { cob: known ? shown({ ...treatments, source: 'Care Portal', treatmentCOB: treatments }) : {} };
  }
};

/** The `cob` property as computed before in this cycle. */
export function cobOf(sandbox: Sandbox): { cob?: number; display?: number; displayLine?: string } | undefined {
  return sandbox.properties.cob as { cob?: number; display?: number } | undefined;
}

function shown<T extends { cob: number }>(result: T): T & { display: number; displayLine: string } {
  const display = Math.round(result.cob * 10) / 10;
  return { ...result, display, displayLine: `COB: ${display}g` };
}
