import * as z from 'zod';

const WORDS: Readonly<Record<string, string>> = {
  self: "'self'",
  "'self'": "'self'",
  none: "'none'",
  "'none'": "'none'",
  '*': '*'
};
/** An origin, also with a wildcard for its subdomains; a path would be passed over by browsers. */
const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9.-]+(:(\d{1,5}|\*))?\/?$/i;

const ALLOWED = 'self, none, *, or addresses of sites such as "https://dashboard.example http://192.168.1.10:8123"';

/** Reads FRAME_ANCESTORS into sources as the header `Content-Security-Policy` spells them; listed sites come beside our own. */
export const frameAncestorsSchema: z.ZodType<readonly string[], string> = z.string().transform((text, context) => {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  const sources = parts.map((part) => WORDS[part.toLowerCase()] ?? (ORIGIN.test(part) ? part.replace(/\/$/, '') : undefined));
  const known = sources.filter((source) => source !== undefined);
  const isAlone = known.length === 1;
  if (known.length === 0 || known.length < sources.length || (known.includes("'none'") && !isAlone)) {
    context.addIssue(ALLOWED);
    return z.NEVER;
  }
  return known.includes("'none'") || known.includes('*') ? [isAlone ? known[0]! : '*'] : [...new Set(["'self'", ...known])];
});
