import jsonwebtoken, { type SignOptions } from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { createJwt } from '../../src/access/jwt.ts';

const NOW = 1_795_329_810_500;
const KEY = 'a-key';
const sign = (claims: object, options: SignOptions = {}, key = KEY) => jsonwebtoken.sign(claims, key, options);

describe('JWT (auth.md §6)', () => {
  const jwt = createJwt(KEY, () => NOW);

  it('issues the reference’s token: three claims, eight hours', () => {
    const { token, iat, exp } = jwt.issue('testadmin-4371528fb92e0f4d');
    const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(header).toBe('{"alg":"HS256","typ":"JWT"}');
    expect(payload).toBe('{"accessToken":"testadmin-4371528fb92e0f4d","iat":1795329810,"exp":1795358610}');
    expect({ iat, exp }).toEqual({ iat: 1795329810, exp: 1795358610 });
    expect(jwt.verify(token)).toBe('testadmin-4371528fb92e0f4d');
  });

  it('ends a token after eight hours', () => {
    const { token } = jwt.issue('a');
    expect(createJwt(KEY, () => NOW + 28_799_000).verify(token)).toBe('a');
    expect(createJwt(KEY, () => NOW + 28_800_000).verify(token)).toBeUndefined();
  });

  it('ends one it has seen before, too, and tells it from one with another signature', () => {
    let at = NOW;
    const moving = createJwt(KEY, () => at);
    const { token } = moving.issue('a');
    expect([moving.verify(token), moving.verify(token)]).toEqual(['a', 'a']);
    expect(moving.verify(`${token.slice(0, -2)}xx`)).toBeUndefined();
    at = NOW + 28_800_000;
    expect(moving.verify(token)).toBeUndefined();
  });

  it.each(['HS256', 'HS384', 'HS512'] as const)('accepts %s, also without an end', (algorithm) => {
    expect(jwt.verify(sign({ accessToken: 'a' }, { algorithm }))).toBe('a');
  });

  it.each([
    ['another key', sign({ accessToken: 'a' }, {}, 'other')],
    ['no signature', sign({ accessToken: 'a' }, { algorithm: 'none' }, '')],
    ['no claim', sign({ sub: 'a' })],
    ['a claim that is no text', sign({ accessToken: { $ne: 1 } })],
    ['a text as payload', jsonwebtoken.sign('a', KEY)],
    ['no JWT', 'garbage'],
    ['nothing', ''],
    ['a very long text', 'x.'.repeat(1_000_000)]
  ])('refuses %s', (_what, token) => expect(jwt.verify(token)).toBeUndefined());
});
