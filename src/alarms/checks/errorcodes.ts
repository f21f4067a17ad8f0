import type { Fields } from '../../plugins/reading.ts';
import type { Check } from './check.ts';

const FRESH_MS = 10 * 60_000;
/** Below this a "reading" is the sensor's error code. */
const LOWEST_READING = 39;

/** What a Dexcom receiver shows for the code. */
const TEXTS: Readonly<Record<number, string>> = {
  1: '?SN',
  2: '?MD',
  3: '?NA',
  5: '?NC',
  6: '?CD',
  9: '?AD',
  10: '???',
  12: '?RF'
};

/** Codes of each level unless the site says otherwise; the most serious level a code is listed under counts. */
const LEVELS = [
  { level: 2, key: 'urgent', codes: [9, 10] },
  { level: 1, key: 'warn', codes: [] },
  { level: 0, key: 'info', codes: [1, 2, 3, 4, 5, 6, 7, 8] }
] as const;

/** The sensor sends an error code in place of glucose (properties-plugins §B.6). */
export const errorcodes: Check = {
  name: 'errorcodes',
  label: 'CGM Error Codes',
  run(sandbox) {
    const sgv = sandbox.lastSgv();
    if (!sgv || !(sgv.mgdl < LOWEST_READING) || sandbox.time - sgv.mills >= FRESH_MS) return undefined;
    const code = sgv.mgdl;
    const settings = sandbox.extended('errorcodes');
    const found = LEVELS.find(({ key, codes }) => codesFrom(settings, key, codes).includes(code));
    if (!found) return undefined;
    const group = 'CGM Error Code';
    const message = TEXTS[code] ?? `${code}??`;
    return {
      notifies: [{ level: found.level, title: group, message, group, pushoverSound: soundOf(code), debug: { lastSGV: code } }]
    };
  }
};

/** A list such as `9 10`, a single code (which the settings hold as a number), or `off` for none. */
function codesFrom(settings: Fields, key: string, fallback: readonly number[]): readonly number[] {
  const setting = settings[key];
  if (typeof setting === 'number') return [setting];
  if (setting === false) return [];
  if (typeof setting !== 'string' || setting.trim() === '') return fallback;
  return setting
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
}

function soundOf(code: number): string | null {
  if (code === 5) return 'intermission';
  return code === 9 || code === 10 ? 'alien' : null;
}
