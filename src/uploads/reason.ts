import type { Credentials } from '../access/identity.ts';
import type { Reason } from './refusals.ts';

/** As access tokens look: `phone-0123456789abcdef`. */
const TOKEN = /^[a-z0-9_]*-[0-9a-f]{16}$/i;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/**
 * What is wrong with credentials that were refused. A hash does not tell whether a secret or a token was hashed; the secret is
 * what people enter there.
 * @param now epoch ms
 * @returns undefined for a session that has run out: the app gets a new one by itself
 */
export function reasonOfCredentials({ secret, bearer, token }: Credentials, now: number): Reason | undefined {
  if (isGiven(secret)) return typeof secret === 'string' && TOKEN.test(secret) ? 'wrong-token' : 'wrong-secret';
  if (isGiven(bearer)) return hasRunOut(bearer, now) ? undefined : 'wrong-token';
  return isGiven(token) ? 'wrong-token' : 'no-credentials';
}

function hasRunOut(bearer: unknown, now: number): boolean {
  if (typeof bearer !== 'string' || bearer.length > 4096) return false;
  try {
    const claims: unknown = JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString());
    const exp = (claims as { exp?: unknown } | null)?.exp;
    return typeof exp === 'number' && exp * 1000 <= now;
  } catch {
    return false;
  }
}
