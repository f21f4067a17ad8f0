import { type Fields, fieldsOf } from '../../plugins/reading.ts';
import type { Check } from './check.ts';
import { alarmLevel, levelWord, wordOf } from './words.ts';

/** The phone or rig that uploads runs out of battery (properties-plugins §C.5). */
export const upbat: Check = {
  name: 'upbat',
  label: 'Uploader Battery',
  run({ properties, extended }) {
    const { min, devices } = fieldsOf(properties.upbat);
    const level = alarmLevel(fieldsOf(min).notification);
    if (!extended('upbat').enableAlerts || !level) return undefined;
    const message = Object.values(fieldsOf(devices))
      .map((device) => deviceLine(fieldsOf(device)))
      .filter(Boolean)
      .join('; ');
    const title = `${levelWord(level)} Uploader Battery is Low`;
    return { notifies: [{ level, title, message: message || title, group: 'Uploader Battery', pushoverSound: 'echo' }] };
  }
};

/** `rig1 55%⚡ (3.900v)`; a device that tells only volts tells them once. */
function deviceLine({ name, min }: Fields): string | undefined {
  const display = wordOf(fieldsOf(min).display);
  const voltage = wordOf(fieldsOf(min).voltageDisplay);
  if (display === undefined) return undefined;
  return `${wordOf(name)} ${display}${voltage && !display.startsWith(voltage) ? ` (${voltage})` : ''}`;
}
