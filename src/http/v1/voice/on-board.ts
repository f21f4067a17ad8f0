import { cobOf } from '../../../plugins/cob.ts';
import { iobOf } from '../../../plugins/iob.ts';
import { fieldsOf, millsOf } from '../../../plugins/reading.ts';
import type { Sandbox } from '../../../plugins/sandbox.ts';
import { agoWords, amountWords } from './words.ts';

/** Insulin on board, U; with its age where a device reported it. */
export function sayIob(sandbox: Sandbox): string | undefined {
  const { iob, display } = iobOf(sandbox) ?? {};
  if (iob === undefined || display === undefined) return undefined;
  return `Insulin on board is ${amountWords(display, 'units')}${since('iob', sandbox)}.`;
}

/** Carbs on board, g; with their age where a device reported them. */
export function sayCob(sandbox: Sandbox): string | undefined {
  const display = cobOf(sandbox)?.display;
  return display === undefined
    ? undefined
    : `Carbs on board are ${amountWords(String(display), 'grams')}${since('cob', sandbox)}.`;
}

function since(name: 'iob' | 'cob', { properties, time }: Sandbox): string {
  const mills = millsOf(fieldsOf(properties[name]).mills);
  return mills === undefined ? '' : `, as reported ${agoWords(mills, time)}`;
}
