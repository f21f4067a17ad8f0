/** What stands where a secret stood. */
export const CENSOR = '[redacted]';

const SECRET_KEY = /secret|token|jwt|password|passwd|authorization|api.?key/i;
const LONGEST_URL = 1000;

/** Parameters that hold an amount or names of fields, never a value somebody measured. */
const PLAIN_KEY = /^(count|limit|skip|hours|days|frequency|transport|EIO|fields|_all|sort(\$desc|\[[\w$.]+\])?)$/i;
const PLAIN = /^-?[\w$.,]{1,200}$/;
/** An instant: epoch seconds or milliseconds, or an ISO date with or without its time. */
const INSTANT = /^(\d{9,13}(\.\d+)?|\d{4}-\d\d(-\d\d)?([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+ -]\d\d:?\d\d)?)?)$/i;
/** What stands where a value stood that may be somebody's glucose or note. */
const HIDDEN = '…';

/**
 * A request URL fit for a log: secrets in query parameters, in the user part and in the path of a token exchange are replaced, and
 * so is every value that is neither an instant nor an amount; names stay, very long URLs are cut.
 */
export function redactUrl(url: string): string {
  const cut = url.length > LONGEST_URL ? `${url.slice(0, LONGEST_URL)}…` : url;
  const question = cut.indexOf('?');
  if (question < 0) return redactText(cut);
  const query = cut
    .slice(question + 1)
    .split('&')
    .map(redactPair)
    .join('&');
  return `${redactText(cut.slice(0, question))}?${redactText(query)}`;
}

function redactPair(pair: string): string {
  const equals = pair.indexOf('=');
  // a name alone may be a secret that somebody put behind the question mark
  if (equals < 0) return pair.length > 20 ? HIDDEN : pair;
  const key = pair.slice(0, equals);
  const value = decoded(pair.slice(equals + 1));
  if (SECRET_KEY.test(decoded(key))) return `${key}=${CENSOR}`;
  const isPlain = value === '' || INSTANT.test(value) || (PLAIN_KEY.test(decoded(key)) && PLAIN.test(value));
  return isPlain ? pair : `${key}=${HIDDEN}`;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

const RULES: readonly (readonly [RegExp, string])[] = [
  // user part of any address: mongodb://user:password@host, https://SECRET@site
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/"']+@/gi, `$1${CENSOR}@`],
  [/([?&][^=&\s"']{0,40}(?:secret|token|jwt|password)[^=&\s"']{0,40}=)[^&\s"'#\\]+/gi, `$1${CENSOR}`],
  [/(\/authorization\/request\/)[^/?\s"'\\]+/gi, `$1${CENSOR}`],
  [/\b(Bearer|Basic)\s+[^\s"',\\]+/gi, `$1 ${CENSOR}`],
  // JWT
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, CENSOR],
  // access token: name-0123456789abcdef
  [/\b\w{0,10}-[0-9a-f]{16}\b(?!-)/gi, CENSOR],
  // SHA-512 and SHA-1 of a secret
  [/\b[0-9a-f]{128}\b/gi, CENSOR],
  [/\b[0-9a-f]{40}\b/gi, CENSOR],
  // a database names the colliding values of a document
  [/(dup key: )\{[^}]*\}/g, `$1${CENSOR}`]
];

/** Replaces everything in a text that looks like a secret: credentials in addresses, tokens, JWTs, digests of the API secret. */
export function redactText(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
