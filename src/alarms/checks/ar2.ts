import { fieldsOf } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';
import type { Check } from './check.ts';
import { alarmMessage } from './message.ts';
import { alarmLevel, levelWord, wordOf } from './words.ts';

const FRESH_MS = 10 * 60_000;

/** Glucose is, or within half an hour will be, where it should not (properties-plugins §B.4). */
export const ar2: Check = {
  name: 'ar2',
  label: 'AR2 Forecast',
  run(sandbox) {
    const sgv = sandbox.lastSgv();
    const property = fieldsOf(sandbox.properties.ar2);
    const level = alarmLevel(property.level);
    if (!sgv || sandbox.time - sgv.mills > FRESH_MS || !level) return undefined;
    const eventName = wordOf(property.eventName) ?? '';
    const what = eventName === 'high' || eventName === 'low' ? eventName.toUpperCase() : 'Check BG';
    const title = `${levelWord(level)}, ${what}${isInRange(sgv.mgdl, sandbox) ? ' predicted' : ''}`;
    const sound = soundOf(level, eventName);
    const debug = { forecast: forecastInShort(property) };
    const pushoverSound = sound ? { pushoverSound: sound } : {};
    return { notifies: [{ level, title, message: alarmMessage(sandbox), eventName, ...pushoverSound, debug }] };
  }
};

/** Still strictly inside the target: then the alarm is about what is to come. */
function isInRange(mgdl: number, { settings }: Sandbox): boolean {
  return mgdl > settings.thresholds.bgTargetBottom && mgdl < settings.thresholds.bgTargetTop;
}

function soundOf(level: 1 | 2, eventName: string): string | undefined {
  if (level === 2) return 'persistent';
  if (eventName === 'low') return 'falling';
  return eventName === 'high' ? 'climb' : undefined;
}

function forecastInShort(property: Readonly<Record<string, unknown>>): unknown {
  const { avgLoss, predicted } = fieldsOf(property.forecast);
  const points = Array.isArray(predicted) ? predicted : [];
  return { avgLoss, predicted: points.map((point) => wordOf(fieldsOf(point).scaled)).join(', ') };
}
