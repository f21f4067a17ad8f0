import { bwpOf } from '../../plugins/bwp.ts';
import { iobOf } from '../../plugins/iob.ts';
import { fieldsOf, numberSetting } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';
import type { Check, Wishes } from './check.ts';
import { alarmMessage, displayLine } from './message.ts';
import { levelWord } from './words.ts';

const MINUTE = 60_000;
/** Targets outside what a sensor reads, or more mg/dl per U than any person, are a profile in other units or in disorder. */
const TARGETS = { from: 39, to: 400 };
const SENSITIVITY = { from: 1, to: 1000 };

/**
 * Glucose is high: either there is insulin enough on its way, then the alarm may wait, or there is not, then it is time to bolus
 * (properties-plugins §C.3). Without every one of its inputs it does neither: the reference silences a BG of 300 then (D21).
 */
export const bwp: Check = {
  name: 'bwp',
  label: 'Bolus Wizard Preview',
  run(sandbox) {
    const settings = sandbox.extended('bwp');
    const mgdl = sandbox.lastSgv()?.mgdl;
    const estimate = trustedEstimate(sandbox);
    if (mgdl === undefined || estimate === undefined) return undefined;
    const { thresholds } = sandbox.settings;
    if (mgdl >= thresholds.bgTargetTop && estimate < numberSetting(settings, 'snooze', 0.1)) {
      return fallsLow(sandbox) ? undefined : snooze(sandbox, numberSetting(settings, 'snoozeMins', 10) * MINUTE);
    }
    const above = mgdl > (sandbox.profile.glucoseValue('target_high', sandbox.time) ?? Infinity);
    if (!above || !(estimate > numberSetting(settings, 'warn', 0.5))) return undefined;
    const level = estimate > numberSetting(settings, 'urgent', 1) ? 2 : 1;
    return {
      notifies: [
        {
          level,
          title: `${levelWord(level)}, Check BG, time to bolus?`,
          message: alarmMessage(sandbox),
          eventName: 'bwp',
          pushoverSound: level === 2 ? 'updown' : 'bike'
        }
      ]
    };
  }
};

/** Missing insulin in U, where profile, insulin on board and glucose are all known and make sense; else undefined. */
function trustedEstimate(sandbox: Sandbox): number | undefined {
  const { profile, time } = sandbox;
  const property = bwpOf(sandbox);
  const sens = profile.glucoseValue('sens', time);
  const high = profile.glucoseValue('target_high', time);
  const low = profile.glucoseValue('target_low', time);
  if (!property || (property.errors?.length ?? 0) > 0 || !Number.isFinite(property.bolusEstimate)) return undefined;
  if (!Number.isFinite(iobOf(sandbox)?.iob)) return undefined;
  // the property may have been worked out up to a minute ago
  if (!sandbox.isCurrent(sandbox.lastSgv())) return undefined;
  const makesSense = within(sens, SENSITIVITY) && within(high, TARGETS) && within(low, TARGETS);
  return makesSense ? property.bolusEstimate : undefined;
}

function within(value: number | undefined, { from, to }: { from: number; to: number }): boolean {
  return value !== undefined && value >= from && value <= to;
}

/** A high alarm may wait, but a snooze silences its whole group: not while a low is on its way. */
function fallsLow({ properties }: Sandbox): boolean {
  return fieldsOf(properties.ar2).eventName === 'low';
}

function snooze(sandbox: Sandbox, lengthMills: number): Wishes | undefined {
  if (!(lengthMills > 0)) return undefined;
  const title = 'Snoozing high alarm since there is enough IOB';
  const message = [displayLine(sandbox, 'bwp'), displayLine(sandbox, 'iob')].filter(Boolean).join('\n');
  return { snoozes: [{ level: 2, title, message: message || title, lengthMills }] };
}
