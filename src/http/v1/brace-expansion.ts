import { Refusal } from '../../errors.ts';

/** So many patterns cover every minute of a day; more would only cost time. */
const MAX = 2000;
const RANGE = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/;

/**
 * Expands braces as shells do: `{00..05}` (zero-padded as written), `{0..10..5}` (step), `{a,b}`. What is none of these stays.
 * @throws Refusal `bad-query` when it would become more than 2000 patterns
 */
export function expandBraces(text: string): string[] {
  const found = innermost(text);
  if (!found) return [text];
  const { start, end, options } = found;
  const out: string[] = [];
  for (const option of options) {
    for (const expanded of expandBraces(`${text.slice(0, start)}${option}${text.slice(end)}`)) {
      if (out.length >= MAX) throw new Refusal('bad-query', `A pattern may expand to ${MAX} patterns at most`);
      out.push(expanded);
    }
  }
  return out;
}

/** The first pair of braces without braces inside that means something; `\d{2}` of a regular expression does not. */
function innermost(text: string): { start: number; end: number; options: string[] } | undefined {
  for (const match of text.matchAll(/\{([^{}]*)\}/g)) {
    const options = optionsOf(match[1]!);
    if (options) return { start: match.index, end: match.index + match[0].length, options };
  }
  return undefined;
}

function optionsOf(inside: string): string[] | undefined {
  const [, first, last, by] = RANGE.exec(inside) ?? [];
  if (first === undefined || last === undefined) return inside.includes(',') ? inside.split(',') : undefined;
  const from = Number(first);
  const to = Number(last);
  const step = Math.abs(Number(by ?? 1)) || 1;
  if (Math.abs(to - from) / step > MAX) throw new Refusal('bad-query', `A pattern may expand to ${MAX} patterns at most`);
  const padded = [first, last].some((word) => /^-?0\d/.test(word));
  const width = padded ? Math.max(first.length, last.length) : 0;
  const out: string[] = [];
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step) {
    out.push(`${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(value < 0 ? width - 1 : width, '0')}`);
  }
  return out;
}
