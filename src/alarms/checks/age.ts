import { type Fields, fieldsOf, isFields } from '../../plugins/reading.ts';
import type { Level } from '../notification.ts';
import type { Wishes } from './check.ts';
import { wordOf } from './words.ts';

/**
 * The notification an age carries while it is due (properties-plugins §C.4); the plugin has seen to the switch, the hour and the
 * minutes.
 */
export function ageWishes(age: Fields): Wishes | undefined {
  if (!isFields(age.notification)) return undefined;
  const { title, message, level, group, pushoverSound } = fieldsOf(age.notification);
  return {
    notifies: [
      {
        level: level as Level,
        title: wordOf(title) ?? '',
        message: wordOf(message) ?? '',
        group: wordOf(group) ?? '',
        pushoverSound: wordOf(pushoverSound) ?? null,
        debug: { age: age.age }
      }
    ]
  };
}
