import { sha1, startsWith } from './digest.ts';

/** What is derived from a subject; nothing of it is stored. */
export interface TokenParts {
  /** 40 hex digits; its first 16 are the secret part of the token. */
  readonly digest: string;
  /** `testadmin-dc79e75bb84b8a08` */
  readonly accessToken: string;
  /** SHA-1 of the token: uploaders hash whatever the user enters as a secret. */
  readonly tokenDigest: string;
}

/** Digits of the digest that a token shows, and that a presented one must have at least. */
const DIGITS = 16;

/**
 * Derives the access token of a subject, bit for bit as the reference (auth.md §4): users' tokens keep working, and LoopFollow
 * works the token out by itself.
 * @param secretSha1 SHA-1 of the API secret, lower-case hex
 * @param _id 24 lower-case hex digits
 */
export function deriveToken(secretSha1: string, _id: string, name: string): TokenParts {
  const digest = sha1(secretSha1 + _id);
  const abbreviation = name
    .toLowerCase()
    .replace(/[^A-Za-z0-9_]/g, '')
    .slice(0, 10);
  const accessToken = `${abbreviation}-${digest.slice(0, DIGITS)}`;
  return { digest, accessToken, tokenDigest: sha1(accessToken) };
}

/**
 * Does a presented text name this subject? Its part after the last `-` must have 16 digits or more and begin the digest (the
 * name part does not matter: renaming keeps old tokens valid), or the whole text must begin the SHA-1 of the token.
 */
export function matchesToken({ digest, tokenDigest }: TokenParts, presented: string): boolean {
  const digits = presented.slice(presented.lastIndexOf('-') + 1);
  if (digits.length < DIGITS) return false;
  return startsWith(digest, digits) || startsWith(tokenDigest, presented);
}
