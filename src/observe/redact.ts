/** What stands where a secret stood. */
export const CENSOR = '[redacted]';

const SECRET_KEY = /secret|token|jwt|password|passwd|authorization|api.?key/i;
const LONGEST_URL = 1000;

/**
 * A request URL fit for a log: secrets in query parameters, in the user part and in the path of a token exchange are replaced,
 * the rest stays, very long ones are cut.
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
  const key = equals < 0 ? pair : pair.slice(0, equals);
  return equals >= 0 && SECRET_KEY.test(decoded(key)) ? `${key}=${CENSOR}` : pair;
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
