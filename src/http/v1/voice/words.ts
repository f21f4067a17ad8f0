import type { Sandbox } from '../../../plugins/sandbox.ts';
import { mmolText, unitsLabel } from '../../../plugins/units.ts';

const MINUTE = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

/** How long ago in spoken words: `3 minutes ago`. A clock that runs up to five minutes fast is forgiven. */
export function agoWords(mills: number, time: number): string {
  const minutes = Math.floor((time - mills) / MINUTE);
  if (minutes < -5) return 'at a time in the future';
  if (minutes < 1) return 'less than a minute ago';
  if (minutes >= DAY) return 'more than a day ago';
  const hours = Math.floor(minutes / HOUR);
  return `${[count(hours, 'hour'), count(minutes % HOUR, 'minute')].filter(Boolean).join(' and ')} ago`;
}

/** A glucose value or difference in the units of the site: `120 mg/dl`, `10.0 mmol/L`. @param mgdl mg/dl */
export function glucoseWords(mgdl: number, { units }: Sandbox): string {
  return `${units === 'mmol' ? mmolText(mgdl) : Math.round(mgdl)} ${unitsLabel(units)}`;
}

/** An amount as it is heard: a voice leaves out the sign. */
export const amountWords = (amount: string, unit: string): string => `${amount.replace(/^-/, 'minus ')} ${unit}`;

const count = (number: number, noun: string): string => (number === 0 ? '' : `${number} ${noun}${number === 1 ? '' : 's'}`);
