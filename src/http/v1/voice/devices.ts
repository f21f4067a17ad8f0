import { type Fields, fieldsOf, millsOf, numberOf, textOf } from '../../../plugins/reading.ts';
import type { Sandbox } from '../../../plugins/sandbox.ts';
import { agoWords } from './words.ts';

/** What a device may say in its own words. */
const LONGEST = 60;

/** The lowest battery among the phones and rigs that upload. */
export function sayUploader({ properties }: Sandbox): string | undefined {
  const { battery, voltage, display } = fieldsOf(fieldsOf(properties.upbat).min);
  const percent = numberOf(battery);
  const volts = numberOf(voltage);
  if (percent === undefined && volts === undefined) return undefined;
  const charging = textOf(display)?.includes('⚡') ? ' and charging' : '';
  return `The uploader battery is at ${percent === undefined ? `${volts} volts` : `${percent} percent`}${charging}.`;
}

/** Reservoir, battery and state of the pump, with the age of its word. */
export function sayPump(sandbox: Sandbox): string | undefined {
  const lines = [reservoir(sandbox), battery(sandbox), state(sandbox)].filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : `The pump ${lines.join(', ')}${heard(sandbox)}.`;
}

/** Insulin left in the pump. */
export function sayReservoir(sandbox: Sandbox): string | undefined {
  const line = reservoir(sandbox);
  return line && `The pump ${line}${heard(sandbox)}.`;
}

/** Battery of the pump. */
export function sayPumpBattery(sandbox: Sandbox): string | undefined {
  const line = battery(sandbox);
  return line && `The pump ${line}${heard(sandbox)}.`;
}

const dataOf = ({ properties }: Sandbox): Fields => fieldsOf(fieldsOf(properties.pump).data);

function reservoir(sandbox: Sandbox): string | undefined {
  const { display } = fieldsOf(dataOf(sandbox).reservoir);
  const shown = textOf(display) ?? numberOf(display)?.toString();
  return shown && `has ${shown.slice(0, LONGEST).replace(/ ?U$/, ' units')} left`;
}

function battery(sandbox: Sandbox): string | undefined {
  const { value, unit } = fieldsOf(dataOf(sandbox).battery);
  const level = numberOf(value);
  return level === undefined ? undefined : `has a battery at ${level} ${unit === 'percent' ? 'percent' : 'volts'}`;
}

function state(sandbox: Sandbox): string | undefined {
  const value = textOf(fieldsOf(dataOf(sandbox).status).value);
  return value && `is ${value.slice(0, LONGEST)}`;
}

function heard(sandbox: Sandbox): string {
  const clock = millsOf(fieldsOf(sandbox.properties.pump).clockMills);
  return clock === undefined ? '' : `, as heard ${agoWords(clock, sandbox.time)}`;
}
