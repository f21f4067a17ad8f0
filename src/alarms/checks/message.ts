import { fieldsOf } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';
import { displayBg, unitsLabel } from '../../plugins/units.ts';
import { wordOf } from './words.ts';

/** Features that add their line, in this order. */
const LINES = ['rawbg', 'ar2', 'bwp', 'iob', 'cob'] as const;

/**
 * The text of most alarms (properties-plugins §A.3), in the site's units: glucose now, then what the features make of it.
 * @returns `BG Now: 170 +20 ↗ mg/dl\nBG 15m: 206 mg/dl\nIOB: 1.25U`; empty when nothing is known
 */
export function alarmMessage(sandbox: Sandbox): string {
  return [glucoseLine(sandbox), ...LINES.map((name) => displayLine(sandbox, name))].filter(Boolean).join('\n');
}

/** What a feature says in one line, if it says anything. */
export function displayLine({ properties }: Sandbox, name: (typeof LINES)[number]): string | undefined {
  return wordOf(fieldsOf(properties[name]).displayLine);
}

function glucoseLine(sandbox: Sandbox): string | undefined {
  const sgv = sandbox.lastSgv();
  if (!sgv) return undefined;
  const { delta, direction } = sandbox.properties;
  const parts = [displayBg(sgv.mgdl, sandbox.units), wordOf(fieldsOf(delta).display), wordOf(fieldsOf(direction).label)];
  return `BG Now: ${[...parts, unitsLabel(sandbox.units)].filter((part) => part !== undefined).join(' ')}`;
}
