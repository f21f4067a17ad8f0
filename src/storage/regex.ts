import { RE2JS } from 're2js';
import { Refusal } from '../errors.ts';

const FLAGS: Record<string, number> = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL };

/**
 * Compiles a regular expression a stranger may have sent. RE2 syntax: matching takes linear time, so no pattern can stall
 * the server; look-around and back references are refused.
 * @param pattern the expression, without slashes
 * @param options any of `i`, `m`, `s`; `g` and `u` change nothing and are accepted
 * @returns a function that says whether a text contains a match
 * @throws Refusal `bad-query` when pattern or options cannot be used
 */
export function compileRegex(pattern: string, options = ''): (text: string) => boolean {
  if (pattern.length > 1000) throw new Refusal('bad-query', 'Regular expression longer than 1000 characters');
  // MongoDB takes none
  if (pattern.includes('\0')) throw new Refusal('bad-query', 'A regular expression cannot hold NUL');
  let flags = 0;
  for (const letter of options) {
    if (letter === 'g' || letter === 'u') continue;
    const flag = FLAGS[letter];
    if (flag === undefined) throw new Refusal('bad-query', `Unknown regular expression option ${letter}`);
    flags |= flag;
  }
  try {
    const compiled = RE2JS.compile(pattern, flags);
    return (text) => compiled.test(text);
  } catch {
    throw new Refusal('bad-query', 'Bad regular expression');
  }
}
