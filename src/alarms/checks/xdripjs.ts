import { type Fields, fieldsOf, numberSetting } from '../../plugins/reading.ts';
import { batteryAlert, stateAlert, type TransmitterAlert } from '../../plugins/xdripjs.ts';
import type { Check, Wish } from './check.ts';

const HOUR = 60 * 60_000;
/**
 * How long a state is asked to be told. The reference asks once, and an alarm lasts until its next cycle, up to a minute. Here
 * checks run with every change: one that asked once would be cleared before anybody heard it.
 */
const TOLD_MS = 60_000;

/** The transmitter state that was told last, and when (epoch ms). */
interface Told {
  readonly state: unknown;
  readonly since: number;
}

/**
 * The transmitter is not OK, told when its state changes and again after XDRIPJS_STATE_NOTIFY_INTRVL hours, or its battery runs
 * low, told all the time (properties-plugins §C.9).
 */
export function createXdripjs(): Check {
  let told: Told | undefined;
  return {
    name: 'xdripjs',
    label: 'xDrip-js',
    run({ properties, extended, time }) {
      const settings = extended('xdripjs');
      const part = fieldsOf(fieldsOf(fieldsOf(properties.sensorState).latest).xdripjs);
      if (!settings.enableAlerts) return undefined;
      const state = stateAlert(part);
      told = state && remember(told, part.state, time, settings);
      const isDue = told !== undefined && time - told.since < TOLD_MS;
      const alerts = [isDue ? state : undefined, batteryAlert(part, settings)];
      return { notifies: alerts.filter((alert) => alert !== undefined).map(wishOf) };
    }
  };
}

/** What was told stays so while the state is the same, until the interval is over. A clock set back starts anew. */
function remember(told: Told | undefined, state: unknown, time: number, settings: Fields): Told {
  const interval = numberSetting(settings, 'stateNotifyIntrvl', 0.5) * HOUR;
  const holds = told !== undefined && told.state === state && time >= told.since && time - told.since < interval;
  return holds ? told : { state, since: time };
}

function wishOf(alert: TransmitterAlert): Wish {
  return { ...alert, group: 'xDrip-js', pushoverSound: 'incoming' };
}
