/** How serious: 2 urgent, 1 warning, 0 information; only 1 and 2 are alarms. */
export type Level = 2 | 1 | 0 | -1 | -2 | -3;
export const URGENT = 2;
export const WARN = 1;
export const INFO = 0;
/** Nothing to say. */
export const NONE = -3;

/** Colour word that clients give a pill of this level. */
export function statusClass(level: number): 'current' | 'warn' | 'urgent' {
  if (level === WARN) return 'warn';
  return level === URGENT ? 'urgent' : 'current';
}

/** Level of something that grows worse as it rises, strictly above its limits. */
export function levelAbove(value: number, warn: number, urgent: number): Level {
  if (value > urgent) return URGENT;
  return value > warn ? WARN : NONE;
}

/** Level of something that grows worse as it falls, strictly below its limits. */
export function levelBelow(value: number, warn: number, urgent: number): Level {
  if (value < urgent) return URGENT;
  return value < warn ? WARN : NONE;
}
