import type { Filter } from '../../storage/query.ts';
import { compileRegex } from '../../storage/regex.ts';
import { expandBraces } from './brace-expansion.ts';

/** Longest regular expression put together from several parts; the limit of the stores is a little above. */
const LONGEST = 900;

/**
 * The condition of `/times` and `/slice`: a field begins with one of the prefixes and somewhere holds one of the expressions.
 * Both are raw regular expressions with braces to expand: `2014-07` and `T{13..18}:{00..15}`.
 * @param prefix undefined: anything
 * @param regex undefined: anything
 * @throws Refusal `bad-query` for an expression that cannot be compiled
 */
export function patternFilter(field: string, prefix: string | undefined, regex: string | undefined): Filter {
  const prefixes = prefix === undefined ? [] : expandBraces(prefix);
  const parts = regex === undefined ? [] : expandBraces(regex);
  // each by itself first: two halves of a bracket must not make a whole
  for (const part of [...prefixes, ...parts]) compileRegex(part);
  if (prefixes.length <= 1) {
    return {
      $and: [anyOf(field, prefixes.length === 0 ? ['.*'] : prefixes, '^'), ...(parts.length > 0 ? [anyOf(field, parts, '')] : [])]
    };
  }
  if (parts.length === 0) return anyOf(field, prefixes, '^');
  return { $or: prefixes.map((one) => anyOf(field, parts, `^${one}.*`)) };
}

/** One alternation, or several where it would grow too long. */
function anyOf(field: string, parts: readonly string[], before: string): Filter {
  const groups: string[][] = [[]];
  let length = 0;
  for (const part of parts) {
    if (length + part.length > LONGEST && length > 0) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)!.push(part);
    length += part.length + 1;
  }
  const filters = groups.map((group) => ({ [field]: { $regex: `${before}(?:${group.join('|')})` } }));
  return filters.length === 1 ? filters[0]! : { $or: filters };
}
