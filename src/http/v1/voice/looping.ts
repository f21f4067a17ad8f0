import { fieldsOf, millsOf, textOf } from '../../../plugins/reading.ts';
import type { Sandbox } from '../../../plugins/sandbox.ts';
import { agoWords } from './words.ts';

/** Words for the states of Loop and OpenAPS. */
const STATES: Readonly<Record<string, string>> = {
  error: 'The last try ended with an error.',
  notenacted: 'The last decision was not enacted.',
  enacted: 'The last decision was enacted.',
  recommendation: 'There is a recommendation.',
  looping: 'It is looping.',
  warning: 'It is not looping.'
};

/** When the loop last worked and how it is now; of Loop and OpenAPS the one that was heard of last. */
export function sayLoop({ properties, time }: Sandbox): string | undefined {
  const loop = fieldsOf(properties.loop);
  const openaps = fieldsOf(properties.openaps);
  const known = [
    { name: 'Loop', mills: millsOf(loop.lastOkMoment), code: textOf(fieldsOf(loop.display).code) },
    { name: 'OpenAPS', mills: millsOf(openaps.lastLoopMoment), code: textOf(fieldsOf(openaps.status).code) }
  ].sort((a, b) => (b.mills ?? -Infinity) - (a.mills ?? -Infinity));
  const [last] = known.filter(({ mills }) => mills !== undefined);
  if (last?.mills !== undefined)
    return `${last.name} last worked ${agoWords(last.mills, time)}. ${STATES[last.code ?? ''] ?? ''}`.trim();
  return known.some(({ code }) => code === 'error') ? STATES.error : undefined;
}
