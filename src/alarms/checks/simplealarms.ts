import type { Check } from './check.ts';
import { glucoseAlarm } from './glucose-level.ts';
import { alarmMessage } from './message.ts';

const FRESH_MS = 10 * 60_000;
/** Up to this a reading is no glucose: an error code, or the sensor's word for "below range". */
const LOWEST_READING = 39;

/** The last reading is beyond a threshold (properties-plugins §B.5). */
export const simplealarms: Check = {
  name: 'simplealarms',
  label: 'Simple Alarms',
  run(sandbox) {
    const sgv = sandbox.lastSgv();
    if (!sgv || !(sgv.mgdl > LOWEST_READING) || sandbox.time - sgv.mills >= FRESH_MS) return undefined;
    const alarm = glucoseAlarm(sgv.mgdl, sandbox.settings);
    if (!alarm) return undefined;
    const debug = { lastSGV: sandbox.scale(sgv.mgdl), thresholds: sandbox.settings.thresholds };
    return { notifies: [{ ...alarm, message: alarmMessage(sandbox), debug }] };
  }
};
