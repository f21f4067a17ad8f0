import { agoDisplay } from '../../plugins/ago.ts';
import { numberOf } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';
import type { Check } from './check.ts';
import { alarmMessage } from './message.ts';
import { isOn } from './words.ts';

const MINUTE = 60_000;

/** No reading has come for a while (properties-plugins §B.7). Only with TIMEAGO_ENABLE_ALERTS. */
export const timeago: Check = {
  name: 'timeago',
  label: 'Time Ago',
  run(sandbox) {
    const sgv = sandbox.lastSgv();
    if (!sandbox.extended('timeago').enableAlerts || !sgv) return undefined;
    const level = levelOf(sandbox.time - sgv.mills, sandbox);
    if (!level) return undefined;
    const debug = agoDisplay(sgv.mills, sandbox.time);
    const ago = debug.value === undefined ? debug.label : `${debug.value} ${debug.label}`;
    return {
      notifies: [
        {
          level,
          title: 'Stale data, check rig?',
          message: `Last received: ${ago}\n${alarmMessage(sandbox)}`,
          eventName: 'timeago',
          group: 'Time Ago',
          pushoverSound: 'echo',
          debug
        }
      ]
    };
  }
};

function levelOf(age: number, { settings }: Sandbox): 1 | 2 | undefined {
  const urgent = (numberOf(settings.alarmTimeagoUrgentMins) ?? 30) * MINUTE;
  const warn = (numberOf(settings.alarmTimeagoWarnMins) ?? 15) * MINUTE;
  if (isOn(settings.alarmTimeagoUrgent) && age > urgent) return 2;
  return isOn(settings.alarmTimeagoWarn) && age > warn ? 1 : undefined;
}
