/** An alarm's level as titles name it. */
export function levelWord(level: 1 | 2): 'Warning' | 'Urgent' {
  return level === 2 ? 'Urgent' : 'Warning';
}

/** The alarm level in a computed value: from 2 urgent, from 1 a warning; undefined below and for anything that is no number. */
export function alarmLevel(value: unknown): 1 | 2 | undefined {
  if (typeof value !== 'number' || !(value >= 1)) return undefined;
  return value >= 2 ? 2 : 1;
}

/** Is a switch on? They are on unless turned off, so that a setting nobody understands silences nothing. */
export function isOn(setting: unknown): boolean {
  return setting !== false;
}

/** A value for a line of text: text and numbers only. An upload may hold objects, even some that cannot become text. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value || undefined;
  return typeof value === 'number' && value ? String(value) : undefined;
}
