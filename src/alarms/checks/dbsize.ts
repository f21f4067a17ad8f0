import { fieldsOf } from '../../plugins/reading.ts';
import type { Check } from './check.ts';
import { alarmLevel, levelWord } from './words.ts';

/** The database is nearly full (properties-plugins §C.11). */
export const dbsize: Check = {
  name: 'dbsize',
  label: 'Database Size',
  run({ properties, extended }) {
    const { notificationLevel, dataPercentage, details } = fieldsOf(properties.dbsize);
    const level = alarmLevel(notificationLevel);
    if (!extended('dbsize').enableAlerts || !level || !dataPercentage) return undefined;
    const { dataSize, maxSize } = fieldsOf(details);
    return {
      notifies: [
        {
          level,
          title: `${levelWord(level)} Database Size near its limits!`,
          message: `Database size is ${dataSize} MiB out of ${maxSize} MiB. Please backup and clean up database!`,
          group: 'Database Size',
          pushoverSound: 'echo'
        }
      ]
    };
  }
};
