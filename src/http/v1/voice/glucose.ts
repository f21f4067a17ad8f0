import { bgNowOf, deltaOf } from '../../../plugins/bgnow.ts';
import { fieldsOf, numberOf, textOf } from '../../../plugins/reading.ts';
import type { Sandbox } from '../../../plugins/sandbox.ts';
import { displayBg, unitsLabel } from '../../../plugins/units.ts';
import { agoWords, glucoseWords } from './words.ts';

const TRENDS: Readonly<Record<string, string>> = {
  TripleUp: 'rising extremely fast',
  DoubleUp: 'rising very fast',
  SingleUp: 'rising fast',
  FortyFiveUp: 'rising slowly',
  Flat: 'steady',
  FortyFiveDown: 'falling slowly',
  SingleDown: 'falling fast',
  DoubleDown: 'falling very fast',
  TripleDown: 'falling extremely fast'
};
const LEVELS = { LOW: 'below the range of the sensor', HIGH: 'above the range of the sensor' } as const;
/** Below are error codes of the sensor. */
const LOWEST = 39;

/** Glucose now, always with its age; what is too old to act upon is announced as such before the value is heard. */
export function sayGlucose(sandbox: Sandbox): string | undefined {
  const sgv = sandbox.lastSgv();
  if (!sgv) return undefined;
  const ago = agoWords(sgv.mills, sandbox.time);
  if (!(sgv.mgdl >= LOWEST)) return `The sensor reported an error instead of glucose ${ago}.`;
  const shown = displayBg(sgv.mgdl, sandbox.units);
  const value = typeof shown === 'string' ? LEVELS[shown] : glucoseWords(sgv.mgdl, sandbox);
  if (!sandbox.isCurrent(sgv)) return `There is no current glucose value. The last one came ${ago} and was ${value}.`;
  const trend = TRENDS[textOf(fieldsOf(sandbox.properties.direction).value) ?? ''];
  return `Glucose was ${value}${trend ? ` and ${trend}` : ''} ${ago}.`;
}

/** The change within five minutes, while it is current. */
export function sayDelta(sandbox: Sandbox): string | undefined {
  const delta = deltaOf(sandbox);
  if (!delta || !sandbox.isCurrent({ mills: delta.times.recent })) return undefined;
  const verb = delta.scaled > 0 ? 'rose' : 'fell';
  const size = Math.abs(delta.scaled);
  const shown = sandbox.units === 'mmol' ? size.toFixed(1) : size;
  const change = size === 0 ? 'did not change' : `${verb} by ${shown} ${unitsLabel(sandbox.units)}`;
  return `Glucose ${change} in the five minutes up to ${agoWords(delta.times.recent, sandbox.time)}.`;
}

/** Where it goes in half an hour, while there is a current value to start from. */
export function sayForecast(sandbox: Sandbox): string | undefined {
  const predicted = fieldsOf(fieldsOf(sandbox.properties.ar2).forecast).predicted;
  const from = bgNowOf(sandbox)?.mills;
  const last = Array.isArray(predicted) ? numberOf(fieldsOf(predicted.at(-1)).mgdl) : undefined;
  if (last === undefined || from === undefined || !sandbox.isCurrent({ mills: from })) return undefined;
  const glucose = glucoseWords(last, sandbox);
  return `If it goes on like this, glucose will be about ${glucose} half an hour after the reading of ${agoWords(from, sandbox.time)}.`;
}
