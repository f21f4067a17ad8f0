import { Refusal } from '../../errors.ts';

const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** The number a text says in plain decimal notation, or undefined (no hex, no Infinity). */
export function decimal(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function whole(params: URLSearchParams, name: string, fallback: number, min: number, max: number): number {
  const [text = '', ...more] = params.getAll(name);
  if (text === '' && more.length === 0) return fallback;
  const value = more.length > 0 ? undefined : decimal(text);
  const floored = value === undefined ? Number.NaN : Math.floor(value);
  if (!(floored >= min && floored <= max)) throw new Refusal('bad-query', `Parameter ${name} out of tolerance`);
  return floored;
}

/** `limit`: 1 … max, max when absent or empty. @throws Refusal 400 */
export const readLimit = (params: URLSearchParams, max: number): number => whole(params, 'limit', max, 1, max);

/** `skip`: 0 or more. @throws Refusal 400 */
export const readSkip = (params: URLSearchParams): number => whole(params, 'skip', 0, 0, Number.MAX_SAFE_INTEGER);

/** The query of a request, flat: brackets in a name are letters like any other, so no object can be smuggled in. */
export function paramsOf(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}
