import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { browserModule } from './browser-module.ts';

const { sha1, sha1Hex } = await browserModule<{
  sha1(message: Uint8Array): Uint8Array;
  sha1Hex(text: string): Promise<string>;
}>('sha1');

it('hashes as everybody does, also where the browser offers no hashing (plain http in a home network)', () => {
  // all lengths around the borders of one and two blocks
  for (let length = 0; length <= 130; length += 1) {
    const message = randomBytes(length);
    expect(Buffer.from(sha1(message)).toString('hex')).toBe(createHash('sha1').update(message).digest('hex'));
  }
});

it('a secret is hashed as UTF-8, the worked example of the specification included', async () => {
  expect(await sha1Hex('this is my long pass phrase')).toBe('b723e97aa97846eb92d5264f084b2823f57c4aa1');
  expect(await sha1Hex('pässwörd ✓ 12345')).toBe(createHash('sha1').update('pässwörd ✓ 12345').digest('hex'));
});
