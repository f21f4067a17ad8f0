import { sha1, sha512, startsWith } from './digest.ts';

export interface ApiSecret {
  /** SHA-1 of the secret, lower-case hex: the seed of every access token. */
  readonly sha1: string;
  /** True for the SHA-1 or SHA-512 of the secret in hex, any letter case; never for the secret itself. */
  matches(presented: string): boolean;
}

/** @param plain the secret as configured, trimmed */
export function createApiSecret(plain: string): ApiSecret {
  const digests = [sha1(plain), sha512(plain)];
  return {
    sha1: sha1(plain),
    matches: (presented) => {
      const digest = digests.find(({ length }) => length === presented.length);
      return digest !== undefined && startsWith(digest, presented.toLowerCase());
    }
  };
}

/** The web page sends the word `null` when it has no secret; empty ones count as absent as well (auth.md §2). */
export const isAbsent = (secret: unknown): boolean => !secret || secret === 'null';
