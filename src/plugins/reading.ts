/** Fields of something a stranger uploaded. */
export type Fields = Readonly<Record<string, unknown>>;

/** Is it an object with fields (no array, no null)? */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Its fields, or none: uploads hold anything anywhere, and a plugin must not stumble over it. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** A finite number, also from text such as `"2.5"` (Loop and older uploaders quote numbers); else undefined. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** An instant in epoch ms from a number, a Date or a date text; undefined when it is none. */
export function millsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return inRange(value);
  if (value instanceof Date) return inRange(value.getTime());
  return typeof value === 'string' && value !== '' ? inRange(Date.parse(value)) : undefined;
}

/** Text, or undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An instant as ISO text with milliseconds. */
export function isoOf(mills: number): string {
  return new Date(mills).toISOString();
}

/** A setting that must be a number; the default where it is missing or text. */
export function numberSetting(settings: Fields, key: string, fallback: number): number {
  return numberOf(settings[key]) ?? fallback;
}

/** The latest by `mills`; of equals the later in the list. */
export function newest<T>(items: readonly T[], mills: (item: T) => number): T | undefined {
  let found: T | undefined;
  for (const item of items) if (found === undefined || mills(item) >= mills(found)) found = item;
  return found;
}

function inRange(mills: number): number | undefined {
  return Math.abs(mills) <= 8.64e15 ? mills : undefined;
}
