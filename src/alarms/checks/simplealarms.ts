import type { Check } from './check.ts';
import { glucoseAlarm } from './glucose-level.ts';
import { alarmMessage } from './message.ts';

const FRESH_MS = 10 * 60_000;
/** Below this a reading is an error code. This one is the sensor's word for "below its range": the worst low there is. */
const LOW_READING = 39;

/** The last reading is beyond a threshold (properties-plugins §B.5). */
export const simplealarms: Check = {
  name: 'simplealarms',
  label: 'Simple Alarms',
  run(sandbox) {
    const sgv = sandbox.lastSgv();
    if (!sgv || !(sgv.mgdl >= LOW_READING) || sandbox.time - sgv.mills >= FRESH_MS) return undefined;
    const alarm = glucoseAlarm(sgv.mgdl, sandbox.settings);
    if (!alarm) return undefined;
    const debug = { lastSGV: sandbox.scale(sgv.mgdl), thresholds: sandbox.settings.thresholds };
    return { notifies: [{ ...alarm, message: alarmMessage(sandbox), debug }] };
  }
};
