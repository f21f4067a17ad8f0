import qs from 'qs';

/** A parsed query string: nested brackets as objects, repeated parameters as lists; anything a stranger can type. */
export type Params = Readonly<Record<string, unknown>>;

/**
 * Parses a query string as the apps write it: `find[date][$gte]=1`, `find[$or][0][id][$eq]=x`, `+` for a space. Limits keep a
 * hostile one cheap: what is nested deeper stays a key, what comes later is dropped, long lists become objects with number keys.
 * @param text without the question mark; a second one in front (oref0 sends `??find[…`) belongs to the first name
 */
export function parseParams(text: string): Params {
  return qs.parse(text, { depth: 5, arrayLimit: 20, parameterLimit: 1000, plainObjects: true }) as Params;
}

const KEPT = 100;
const MAX_KEPT_LENGTH = 500;

/**
 * {@link parseParams} that remembers: Express parses anew at each look at `req.query`, a request is looked at several times, and
 * pollers ask the same again. What it gives cannot be changed.
 */
export function createParamsParser(): (text: string) => Params {
  const lately = new Map<string, Params>();
  return (text) => {
    // Express gives null when there is no query
    const key = text ?? '';
    const known = lately.get(key);
    if (known) return known;
    const params = frozen(parseParams(key));
    if (key.length > MAX_KEPT_LENGTH) return params;
    if (lately.size >= KEPT) lately.clear();
    lately.set(key, params);
    return params;
  };
}

function frozen<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

const DIGITS = /^\d+$/;

/** A list, also one that the parser turned into an object because it was long or had gaps; undefined for anything else. */
export function asList(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (value === null || typeof value !== 'object') return undefined;
  const entries = Object.entries(value);
  if (entries.length === 0 || !entries.every(([key]) => DIGITS.test(key))) return undefined;
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}

/** The first of repeated parameters. */
export const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);
