import { fieldsOf } from '../../plugins/reading.ts';
import type { Check } from './check.ts';
import { alarmLevel, wordOf } from './words.ts';

/** The pump is not heard of, or its reservoir or battery runs low (properties-plugins §C.6). */
export const pump: Check = {
  name: 'pump',
  label: 'Pump',
  run({ properties, extended }) {
    const data = fieldsOf(fieldsOf(properties.pump).data);
    const level = alarmLevel(data.level);
    if (!extended('pump').enableAlerts || !level) return undefined;
    const title = wordOf(data.title) ?? 'Pump Status';
    // A pump that tells neither battery nor reservoir has no lines of its own; an alarm without text would be dropped.
    const lastClock = wordOf(fieldsOf(data.clock).display);
    const message = wordOf(data.message) ?? (lastClock ? `Last Clock: ${lastClock}` : title);
    return { notifies: [{ level, title, message, group: 'Pump', pushoverSound: 'echo' }] };
  }
};
