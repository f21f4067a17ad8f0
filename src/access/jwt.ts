import { createSecretKey } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';

/** Life of a token in seconds; apps ask for a new one before, or after a 401. */
const LIFE = 8 * 3600;

/** Longer texts are not ours and not worth the work. */
const MAX_LENGTH = 4096;
/** Good tokens remembered: an app sends the same one with every request for hours, and checking it costs more than many a request. */
const MAX_KNOWN = 200;

export interface Jwt {
  /** A token whose only claim is the access token, for 8 hours. `iat` and `exp` in seconds. */
  issue(accessToken: string): { token: string; iat: number; exp: number };
  /** The access token inside; undefined when signature, expiry or claim are not right. */
  verify(token: string): string | undefined;
}

/**
 * JSON Web Tokens, as in auth.md §6.
 * @param key secret for signing; a new one ends all tokens
 * @param now the clock, epoch ms
 */
export function createJwt(key: string, now: () => number): Jwt {
  // given text, the library tries at each request whether it is a public key, which takes longer than all the rest
  const secret = createSecretKey(key, 'utf8');
  const seconds = () => Math.floor(now() / 1000);
  const known = new Map<string, { readonly accessToken: string; readonly exp: number }>();

  function remember(token: string, accessToken: string, exp: unknown): void {
    if (typeof exp !== 'number') return;
    if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value!);
    known.set(token, { accessToken, exp });
  }

  return {
    issue(accessToken) {
      const iat = seconds();
      const exp = iat + LIFE;
      return { token: jsonwebtoken.sign({ accessToken, iat, exp }, secret, { algorithm: 'HS256' }), iat, exp };
    },
    verify(token) {
      if (token.length > MAX_LENGTH) return undefined;
      const before = known.get(token);
      if (before) {
        if (seconds() < before.exp) return before.accessToken;
        known.delete(token);
      }
      try {
        const claims = jsonwebtoken.verify(token, secret, { algorithms: ['HS256', 'HS384', 'HS512'], clockTimestamp: seconds() });
        if (typeof claims !== 'object' || typeof claims.accessToken !== 'string') return undefined;
        remember(token, claims.accessToken, claims.exp);
        return claims.accessToken;
      } catch {
        return undefined;
      }
    }
  };
}
