import { describe, expect, it } from 'vitest';
import { createApiSecret, isAbsent } from '../../src/access/api-secret.ts';

const SHA1 = 'b723e97aa97846eb92d5264f084b2823f57c4aa1';
const SHA512 =
  '8c8743d38cbe00debe4b3ba8d0ffbb85e4716c982a61bb9e57bab203178e3718b2965831c1a5e42b9da16f082fdf8a6cecf993b49ed67e3a8b1cd475885d8070';

describe('API secret (auth.md §2)', () => {
  const secret = createApiSecret('this is my long pass phrase');

  it('has the digest tokens are derived from', () => expect(secret.sha1).toBe(SHA1));

  it.each([SHA1, SHA1.toUpperCase(), SHA512, SHA512.toUpperCase()])('takes %s', (text) =>
    expect(secret.matches(text)).toBe(true)
  );

  it.each([
    'this is my long pass phrase',
    '',
    SHA1.slice(0, 39),
    SHA1.slice(0, 16),
    `${SHA1}0`,
    SHA1.replace('b', 'c'),
    SHA512.slice(0, 40),
    'ü'.repeat(40),
    'İ'.repeat(20)
  ])('refuses %s', (text) => expect(secret.matches(text)).toBe(false));

  it.each([undefined, null, '', 'null'])('counts %j as absent: the web page sends the word null', (text) =>
    expect(isAbsent(text)).toBe(true)
  );
  it.each(['x', 'NULL', 5, {}, []])('counts %j as presented', (value) => expect(isAbsent(value)).toBe(false));
});
